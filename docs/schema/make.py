"""Write the schemas beside this file: `python docs/schema/make.py`. A test says when they are out of date."""  # noqa: INP001

from pathlib import Path

from magnitizdat.scene.schemas import schemas

for name, content in schemas().items():
    (Path(__file__).parent / name).write_bytes(content)
