#!/bin/sh
# Build WIZARD.EXE, the same bytes each time with the same compiler: build.sh [FILE]
set -eu
export SOURCE_DATE_EPOCH=0 LC_ALL=C TZ=UTC
out=$(realpath -m "${1:-$(dirname "$0")/WIZARD.EXE}")
cd "$(dirname "$0")"
i686-w64-mingw32-gcc -std=gnu99 -Os -march=i586 -Wall -Wextra -Werror -D_WIN32_WINNT=0x0500 -DWINVER=0x0500 \
	-fno-ident -fno-asynchronous-unwind-tables -static-libgcc -s -Wl,--no-insert-timestamp -Wl,--gc-sections \
	-o "$out" source/wizard.c source/window.c source/deeds.c source/pages.c
