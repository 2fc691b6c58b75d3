"""The web: my own players, my page, and guests. The one home of `starlette` and `uvicorn`; nothing below is async."""
