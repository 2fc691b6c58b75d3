"""A window of WebKitGTK that keeps a profile: `view.py --automation FOLDER` for a driver, `view.py FOLDER` for a pipe.

Debian's own MiniBrowser forgets everything when a driver leads it, and asks for a place with each file that it saves.
A driver cannot choose a folder: by the pipe that is done as any program with such a window does it. A line in is one
piece of JSON, `{"open": URL}`, `{"size": [WIDTH, HEIGHT]}`, `{"shown": true}` or
`{"run": FUNCTION, "given": [...], "choice": [PATHS]}`; a line out is what came of it.

This runs with the system's Python, which has GTK, and knows nothing of us. FOLDER has `profile`
and `saved`. `--silent` before it: a window that runs no scripts.
"""

import json
import signal
import sys
from pathlib import Path

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gdk, GLib, Gtk, WebKit2  # noqa: E402

SIZE = (1280, 800)


class Profile:
    """What outlives a window."""

    def __init__(self, folder: Path) -> None:
        self._saved = folder / "saved"
        data, cache = str(folder / "profile" / "data"), str(folder / "profile" / "cache")
        kept = WebKit2.WebsiteDataManager(base_data_directory=data, base_cache_directory=cache)
        self.context = WebKit2.WebContext(website_data_manager=kept)
        self.context.connect("download-started", self._download)

    def window(self, **more: object) -> tuple[Gtk.Window, WebKit2.WebView]:
        view = WebKit2.WebView(web_context=self.context, **more)
        view.connect("close", lambda _view: Gtk.main_quit())
        window = Gtk.Window()
        window.set_default_size(*SIZE)
        window.add(view)
        window.show_all()
        return window, view

    def _download(self, _context: WebKit2.WebContext, download: WebKit2.Download) -> None:
        download.connect("decide-destination", self._begin)

    def _begin(self, download: WebKit2.Download, name: str) -> bool:
        """Under a name that nobody looks for, until the whole of it is there."""
        whole = self._saved / name
        for number in range(1, 100):
            whole = whole if not whole.exists() else self._saved / f"{number} {name}"
        part = whole.with_name(f"{name}.part")
        download.set_destination(part.as_uri())
        download.connect("finished", lambda _download: part.rename(whole))
        return True


def for_a_driver(profile: Profile) -> None:
    """One window, when the driver asks for it."""

    def started(_context: WebKit2.WebContext, session: WebKit2.AutomationSession) -> None:
        told = WebKit2.ApplicationInfo()
        told.set_name("view")
        session.set_application_info(told)
        session.connect("create-web-view", lambda _session: profile.window(is_controlled_by_automation=True)[1])

    profile.context.set_automation_allowed(True)
    profile.context.connect("automation-started", started)


class Piped:
    """One window, which does what a line says before the next is read."""

    def __init__(self, profile: Profile) -> None:
        self._window, self._view = profile.window()
        self._view.get_settings().set_enable_javascript("--silent" not in sys.argv)
        self._choice: list[str] = []
        self._opening = False
        self._view.connect("load-changed", self._loaded)
        self._view.connect("run-file-chooser", self._choose)
        GLib.unix_fd_add_full(GLib.PRIORITY_DEFAULT, 0, GLib.IOCondition.IN | GLib.IOCondition.HUP, self._hear)
        self._say("ready")

    def _say(self, said: object) -> None:
        sys.stdout.write(f"{json.dumps(said)}\n")
        sys.stdout.flush()

    def _hear(self, *_event: object) -> bool:
        line = sys.stdin.readline()
        if not line:
            Gtk.main_quit()
            return False
        told = json.loads(line)
        if "open" in told:
            self._opening = True
            self._view.load_uri(told["open"])
        elif "size" in told:
            self._window.resize(*told["size"])
            self._say("done")
        elif "shown" in told:
            self._copy()
        else:
            self._choice = told["choice"]
            body = f"return JSON.stringify([await ({told['run']})(JSON.parse(given))])"
            given = GLib.Variant("a{sv}", {"given": GLib.Variant("s", json.dumps(told["given"]))})
            self._view.call_async_javascript_function(body, -1, given, None, None, None, self._ran)
        return True

    def _copy(self) -> None:
        """All that can be read, as a person copies it; what is asked last is answered when that is done."""
        for command in ("SelectAll", "Copy"):
            self._view.execute_editing_command(command)
        self._view.can_execute_editing_command("Copy", None, self._copied)

    def _copied(self, view: WebKit2.WebView, result: object) -> None:
        view.can_execute_editing_command_finish(result)
        held = Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD)
        held.request_text(lambda _held, text: self._say([text]))

    def _ran(self, view: WebKit2.WebView, result: object) -> None:
        try:
            self._say(json.loads(view.call_async_javascript_function_finish(result).to_string()))
        except GLib.Error as failed:
            self._say(failed.message)

    def _loaded(self, _view: WebKit2.WebView, event: WebKit2.LoadEvent) -> None:
        if event == WebKit2.LoadEvent.FINISHED and self._opening:
            self._opening = False
            self._say("done")

    def _choose(self, _view: WebKit2.WebView, request: WebKit2.FileChooserRequest) -> bool:
        request.select_files(self._choice)
        return True


def main() -> None:
    Gtk.init()
    profile = Profile(Path(sys.argv[-1]))
    led = for_a_driver(profile) if "--automation" in sys.argv else Piped(profile)
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, Gtk.main_quit)
    Gtk.main()
    del led


if __name__ == "__main__":
    main()
