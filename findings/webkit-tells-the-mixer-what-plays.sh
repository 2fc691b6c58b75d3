#!/bin/sh
# One would guess: a page that says `new MediaMetadata({ title: "Library" })`, and is called "Library", has said all that
# the system is told of what it plays.
#
# What happens: WebKitGTK plays by GStreamer, whose sink tells the sound server title and artist out of the file's own
# tags. Every mixer shows "'Title' by 'Artist'" while it plays, and so does `pactl`. The page never read the tags, and
# has no way to leave them out but to write the file anew. Firefox ESR 153 tells the page's title in that place.
#
# With: WebKitGTK 2.50.6, GStreamer's PulseAudio plugin 1.22.0 and PulseAudio 16.1 (Debian 12).
#
# Why it matters: who must not show a name shows it through the file. A program that says what it tells the system has
# to say this too, or to hand browsers files without tags.
set -eu
packages="gstreamer1.0-pulseaudio libwebkit2gtk-4.1-0 pulseaudio"
# shellcheck disable=SC2086
[ "$(dpkg-query -W -f '${Version};' $packages 2> /dev/null)" = '1.22.0-5+deb12u4;2.50.6-1~deb12u2;16.1+dfsg1-2+b1;' ] || {
    echo "This needs gstreamer1.0-pulseaudio 1.22.0, WebKitGTK 2.50.6 and pulseaudio 16.1, as in Debian 12." >&2
    exit 2
}
for program in ffmpeg xvfb-run; do
    command -v "$program" > /dev/null || { echo "This needs $program." >&2; exit 2; }
done
folder=$(mktemp -d)
export HOME="$folder" XDG_RUNTIME_DIR="$folder" PULSE_SERVER="unix:$folder/native" LIBGL_ALWAYS_SOFTWARE=1 NO_AT_BRIDGE=1
trap 'pactl exit 2> /dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"

pulseaudio -n --daemonize=yes --exit-idle-time=-1 --use-pid-file=no --disable-shm=yes \
    -L "module-native-protocol-unix socket=$folder/native auth-anonymous=1" -L module-null-sink 2> /dev/null
ffmpeg -loglevel error -f lavfi -i sine -t 30 -c:a libvorbis -metadata title="Last tram" -metadata artist="Somebody" song.ogg
cat > page.html <<'HTML'
<title>Library</title><audio id="song" src="song.ogg"></audio>
<script>
  navigator.mediaSession.metadata = new MediaMetadata({ title: "Library" });
  song.ontimeupdate = () => { if (song.currentTime > 1) document.title = "it plays"; };
  song.play();
</script>
HTML
cat > view.py <<'PY'
import subprocess

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import GLib, Gtk, WebKit2

allowed = WebKit2.WebsitePolicies(autoplay=WebKit2.AutoplayPolicy.ALLOW)
view = WebKit2.WebView(website_policies=allowed)


def told(view, _title):
    if view.get_title() == "it plays":
        streams = subprocess.run(["pactl", "list", "sink-inputs"], capture_output=True, text=True, check=True).stdout
        print(*(line.strip() for line in streams.splitlines() if "media." in line and "role" not in line), sep="\n")
        Gtk.main_quit()


view.connect("notify::title", told)
window = Gtk.Window()
window.add(view)
window.show_all()
view.load_uri(GLib.filename_to_uri(GLib.get_current_dir() + "/page.html", None))
GLib.timeout_add_seconds(60, Gtk.main_quit)
Gtk.main()
PY
cat > seen <<'TEXT'
media.artist = "Somebody"
media.name = "'Last tram' by 'Somebody'"
media.title = "Last tram"
TEXT
WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS=1 xvfb-run -a /usr/bin/python3 view.py 2> /dev/null | LC_ALL=C sort > found
diff seen found || { echo "WebKitGTK tells the sound server something else now." >&2; exit 1; }
cat found
