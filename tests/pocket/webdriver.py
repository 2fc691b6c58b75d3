"""What WebKitGTK's driver and Firefox's Marionette have in common: the commands of WebDriver, few enough to write down.

Source: W3C WebDriver, "Commands"; where the two name a command differently, each says its own.
"""

from __future__ import annotations

from abc import abstractmethod
from base64 import b64decode
from pathlib import Path
from typing import Any

from tests.pocket.browsers import PATIENCE_MS, Browser

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
TIMEOUTS = {"script": 2 * PATIENCE_MS, "pageLoad": 2 * PATIENCE_MS}
_KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Escape": "\ue00c", "Shift": "\ue008", "Space": " "}
_KEYS |= {"ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014", "ArrowDown": "\ue015"}
_RUN = """const done = arguments[arguments.length - 1];
Promise.resolve((%s)([...arguments].slice(0, -1))).then(said => done([said]), failed => done(String(failed)));"""

_STILL = """async ([element]) => {
  element.scrollIntoView({block: 'center', behavior: 'instant'});
  const place = () => JSON.stringify(element.getBoundingClientRect());
  const frame = () => new Promise(drawn => requestAnimationFrame(drawn));
  for (let last = ''; last !== place(); await frame()) last = place();
}"""


class DriverError(Exception):
    """What the driver, or a script in the page, answered instead."""


class Driven(Browser):
    """A browser that is told commands of WebDriver."""

    @abstractmethod
    def ask(self, command: str, **told: Any) -> Any:
        """What the driver answers to a command, by the name that Marionette has for it."""

    def open(self, url: str) -> None:
        self.ask("Navigate", url=url)

    def evaluate(self, function: str, *given: Any) -> Any:
        said = self.ask("ExecuteAsyncScript", script=_RUN % function, args=list(given))
        if isinstance(said, str):
            raise DriverError(said)
        return said[0]

    def element(self, function: str, *given: Any) -> Any:
        return self.evaluate(function, *given)[ELEMENT]

    def click(self, element: Any) -> None:
        self.evaluate(_STILL, {ELEMENT: element})
        self.ask("ElementClick", id=element)

    def write(self, element: Any, text: str) -> None:
        self.ask("ElementSendKeys", id=element, text=text)

    def key(self, key: str) -> None:
        pressed = [_KEYS.get(each, each) for each in key.split("+")]
        steps = [{"type": "keyDown", "value": each} for each in pressed]
        steps += [{"type": "keyUp", "value": each} for each in reversed(pressed)]
        self.ask("PerformActions", actions=[{"type": "key", "id": "keys", "actions": steps}])

    def shot(self, path: Path) -> None:
        path.write_bytes(b64decode(self.ask("TakeScreenshot")))

    def spoken(self, element: Any) -> str:
        """The name that a reader of screens says for an element."""
        return str(self.ask("GetComputedLabel", id=element))
