#!/usr/bin/env bash
# Sets up .venv with everything pinned, and the system libraries the window needs.
# Usage: packaging/setup.sh app|dev
set -euo pipefail
cd "$(dirname "$0")/.."
what="${1:-app}"
stamp=".venv/.ready-$what"
wanted=$(cat pyproject.toml constraints.txt packaging/setup.sh | cksum)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then exit 0; fi

# --- system libraries: Qt's screen and keyboard libraries, OpenGL, a Chinese font, a virtual screen
need=()
lib() { # a shared library and the Debian package that holds it
    ldconfig -p 2>/dev/null | grep -q "$1" || /sbin/ldconfig -p 2>/dev/null | grep -q "$1" || need+=("$2")
}
if [ "$(uname -s)" = Linux ]; then
    lib libEGL.so.1 libegl1
    lib libGL.so.1 libgl1
    lib libOpenGL.so.0 libopengl0
    lib libgomp.so.1 libgomp1
    lib libglib-2.0.so.0 libglib2.0-0
    lib libfontconfig.so.1 libfontconfig1
    lib libdbus-1.so.3 libdbus-1-3
    lib libxkbcommon.so.0 libxkbcommon0
    lib libxkbcommon-x11.so.0 libxkbcommon-x11-0
    lib libxcb-cursor.so.0 libxcb-cursor0
    lib libxcb-icccm.so.4 libxcb-icccm4
    lib libxcb-image.so.0 libxcb-image0
    lib libxcb-keysyms.so.1 libxcb-keysyms1
    lib libxcb-randr.so.0 libxcb-randr0
    lib libxcb-render-util.so.0 libxcb-render-util0
    lib libxcb-shape.so.0 libxcb-shape0
    lib libxcb-xinerama.so.0 libxcb-xinerama0
    lib libxcb-xkb.so.1 libxcb-xkb1
    lib libXrender.so.1 libxrender1
    lib libXcursor.so.1 libxcursor1
    lib libXt.so.6 libxt6
    lib libSM.so.6 libsm6
    lib libexpat.so.1 libexpat1
    find /usr/lib -name 'swrast_dri.so' -o -name 'libgallium*' 2>/dev/null | grep -q . || need+=(libgl1-mesa-dri)
    find /usr/share/fonts -iname '*cjk*' -o -iname 'wqy*' -o -iname 'droidsansfallback*' 2>/dev/null \
        | grep -q . || need+=(fonts-noto-cjk)
    command -v fc-match >/dev/null || need+=(fontconfig)
    if [ "$what" = dev ]; then command -v Xvfb >/dev/null || need+=(xvfb); fi
fi
if [ "${#need[@]}" -gt 0 ]; then
    install=(apt-get install -y --no-install-recommends)
    if ! command -v apt-get >/dev/null; then
        echo "These Debian packages, or your system's like of them, are needed first: ${need[*]}" >&2
        exit 1
    fi
    if [ "$(id -u)" = 0 ]; then as_root=()
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root=(sudo)
    elif command -v sudo >/dev/null && [ -t 0 ]; then as_root=(sudo)
    else
        echo "System libraries are missing. Please run: sudo apt-get install ${need[*]}" >&2
        exit 1
    fi
    echo "Installing system libraries: ${need[*]}"
    export DEBIAN_FRONTEND=noninteractive
    log=$(mktemp)
    if ! { "${as_root[@]}" apt-get update && "${as_root[@]}" "${install[@]}" "${need[@]}"; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        echo "System libraries could not be installed. Please run: sudo apt-get install ${need[*]}" >&2
        exit 1
    fi
fi

# --- Python
python=""
for name in "${PYTHON:-}" python3.12 python3.13 python3.11 python3; do
    if [ -n "$name" ] && command -v "$name" >/dev/null \
        && "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))'; then
        python="$name"; break
    fi
done
if [ -z "$python" ]; then
    echo "Python 3.11, 3.12 or 3.13 is needed and was not found." >&2; exit 1
fi
if [ ! -x .venv/bin/python ]; then
    if ! "$python" -m venv .venv; then
        rm -rf .venv
        echo "The Python environment could not be made. Please install python3-venv." >&2; exit 1
    fi
fi
extra="."; [ "$what" = dev ] && extra=".[dev]"
echo "Setting up Python packages (once, some minutes) …"
.venv/bin/python -m pip install --quiet --disable-pip-version-check \
    -c constraints.txt --editable "$extra"
echo "$wanted" > "$stamp"
[ "$what" = dev ] && cp "$stamp" .venv/.ready-app
exit 0
