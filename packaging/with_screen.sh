#!/usr/bin/env bash
# Runs a command on a virtual screen of its own, 1920×1080, and takes the screen down afterwards.
set -euo pipefail
folder=$(mktemp -d)
number="$folder/display"
mkfifo "$number"
Xvfb -displayfd 3 -screen 0 1920x1080x24 -nolisten tcp 3>"$number" 2>"$folder/log" &
screen=$!
trap 'kill "$screen" 2>/dev/null; wait "$screen" 2>/dev/null; rm -rf "$folder"' EXIT
if ! read -r -t 30 display <"$number"; then
    cat "$folder/log" >&2
    echo "The virtual screen did not start." >&2
    exit 1
fi
export DISPLAY=":$display" QT_QPA_PLATFORM=xcb LIBGL_ALWAYS_SOFTWARE=1
unset WAYLAND_DISPLAY
status=0
"$@" || status=$?
exit "$status"
