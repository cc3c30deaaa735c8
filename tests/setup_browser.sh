#!/bin/sh
# Prints the path of a Chromium the tests can start, installing one if there is none. $1: the Python of the tests.
set -eu
for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
  [ -n "$name" ] && path=$(command -v "$name" 2>/dev/null) && { echo "$path"; exit 0; }
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >&2
  command -v chromium
else
  "$1" -m playwright install chromium >&2
  "$1" -c 'from playwright.sync_api import sync_playwright
with sync_playwright() as p: print(p.chromium.executable_path)'
fi
