#!/bin/sh
# The browser tests need Chromium and a Chinese font. Install them where that is allowed, name them where it is not.
set -eu
missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
fc-list 2>/dev/null | grep -qi 'noto.*cjk' || missing="$missing fontconfig fonts-noto-cjk"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ]; then run=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then run="sudo -n"
else
  echo "make test needs these system packages; install them and repeat:" >&2
  echo "  apt-get install$missing" >&2
  exit 2
fi
echo "installing system packages:$missing"
DEBIAN_FRONTEND=noninteractive
export DEBIAN_FRONTEND
$run apt-get update -qq
# shellcheck disable=SC2086
$run apt-get install -y -qq --no-install-recommends $missing >/dev/null
