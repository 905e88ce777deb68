# Compose the root of the installed guest: a few programs and libraries, Wine's needed half, the prefix as C:.

WINE_LIB=usr/lib/i386-linux-gnu/wine

# import_closure FOLDER FILE... prints FILEs and every DLL of FOLDER which they import, at any depth.
import_closure() {
	local folder=$1 file
	local -A seen=()
	local todo=("${@:2}")
	while [ ${#todo[@]} -gt 0 ]; do
		file=${todo[0],,}
		todo=("${todo[@]:1}")
		[ -z "${seen[$file]:-}" ] && [ -f "$folder/$file" ] || continue
		seen[$file]=1
		printf '%s\n' "$file"
		# shellcheck disable=SC2207
		todo+=($(i686-w64-mingw32-objdump -p "$folder/$file" 2>/dev/null | sed -n 's/^.*DLL Name: //p'))
	done
}

# copy_linux ROOT FILE... copies Linux programs of wine-root, with the shared libraries they load, to the same place in ROOT.
copy_linux() {
	local root=$1 file
	shift
	for file in "$@"; do
		printf '%s\n' "$file"
		chroot "$out/wine-root" /usr/lib/ld-linux.so.2 --library-path "/$WINE_LIB/i386-unix" --list "/$file" 2>/dev/null |
			sed -n 's,.* => /\([^ ]*\) .*,\1,p' || true
	done | sort -u | while read -r file; do
		mkdir -p "$root/$(dirname "$file")"
		cp -L "$out/wine-root/$file" "$root/$file"
	done
}

# make_guest_wine gathers Wine: Linux side, stripped DLLs in the prefix's system32, and the code pages.
make_guest_wine() {
	local root=$out/guest-wine source=$out/wine-root prefix files
	prefix=$root/windows
	rm -rf "$root"
	mkdir -p "$root/$WINE_LIB/i386-unix" "$root/usr/share/wine/nls" "$root/usr/lib/i386-linux-gnu"
	for folder in bin sbin lib; do
		ln -s "usr/$folder" "$root/$folder"
	done
	copy_linux "$root" usr/lib/ld-linux.so.2 usr/lib/wine/wine usr/lib/wine/wineserver32 "$WINE_LIB"/i386-unix/{ntdll,win32u,ws2_32,dnsapi,crypt32,netapi32}.so \
		usr/lib/i386-linux-gnu/libgcc_s.so.1 # glibc opens it when a thread ends
	cp "$source"/usr/share/wine/nls/{l_intl,locale,sortdefault,norm*,c_037,c_437,c_500,c_850,c_1250,c_1251,c_1252,c_20127,c_28591}.nls "$root/usr/share/wine/nls/"
	cp -a "$out/wine-prefix" "$prefix"
	find "$prefix/drive_c" -type l -delete
	rm -rf "$prefix"/drive_c/windows/{winsxs,resources,system,twain*,inf,system32/*.exe,system32/drivers,system32/wbem/*.exe} \
		"$prefix"/drive_c/windows/{explorer,hh,notepad,winhelp,winhlp32,rundll,regedit}.exe \
		"$prefix/drive_c/Program Files"/*/* "$prefix/wineserver"
	# shellcheck disable=SC2046
	mapfile -t files < <(import_closure "$source/$WINE_LIB/i386-windows" $(grep -v '^#' "$here/guest-files.txt"))
	(cd "$source/$WINE_LIB/i386-windows" && cp "${files[@]}" "$prefix/drive_c/windows/system32/")
	(cd "$prefix/drive_c/windows/system32" && i686-w64-mingw32-strip --strip-debug "${files[@]}" 2>/dev/null) || true
	ln -s "/windows/drive_c/windows/system32" "$root/$WINE_LIB/i386-windows"
	mv "$prefix/drive_c/windows/system32/regedit.exe" "$prefix/drive_c/windows/"
}
