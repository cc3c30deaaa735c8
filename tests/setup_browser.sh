#!/bin/sh
# Prints the path of a Chromium the tests can start, installing one if there is none. $1: the Python of the tests.
# Its headless build comes first: the same engine without windows, at two thirds of the work.
set -eu
for name in "${CHROMIUM:-}" chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do
  [ -n "$name" ] && path=$(command -v "$name" 2>/dev/null) && { echo "$path"; exit 0; }
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq >&2
  install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" fonts-dejavu-core >&2; }
  install chromium-headless-shell || install chromium
  command -v chromium-headless-shell || command -v chromium
else
  "$1" -m playwright install chromium >&2
  "$1" -c 'from playwright.sync_api import sync_playwright
with sync_playwright() as p: print(p.chromium.executable_path)'
fi
