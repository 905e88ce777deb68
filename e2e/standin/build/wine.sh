# Make the i386 root with Wine in it, and a prefix that is a Windows Server 2003.

# unpack FOLDER DEB... unpacks packages without running their scripts.
unpack() {
	local folder=$1 deb
	shift
	for deb in "$@"; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$folder"
	done
}

# make_wine_root unpacks everything into wine-root: base-files first, since it holds the links that merge / into /usr.
make_wine_root() {
	local root=$out/wine-root debs=$out/apt/$GUEST_RELEASE/debs
	rm -rf "$root"
	mkdir -p "$root"
	unpack "$root" "$debs"/base-files_*.deb "$debs"/*.deb
	ln -sf dash "$root/usr/bin/sh"
	printf 'Administrator:x:0:0::/root:/bin/sh\n' >"$root/etc/passwd"
	printf 'root:x:0:\n' >"$root/etc/group"
	chroot "$root" /sbin/ldconfig
	# libwine's own script makes zlib1.dll, which user32.dll needs, from the mingw one.
	dpkg-deb -I "$debs"/libwine_*.deb postinst >"$root/tmp/postinst"
	chroot "$root" /bin/sh /tmp/postinst configure
	rm "$root/tmp/postinst"
}

# make_wine_prefix starts Wine once on this host, which needs a kernel that runs i386 programs. Its builtin DLLs become links,
# so that a copy of the prefix is small.
make_wine_prefix() {
	local prefix=$out/wine-prefix machine=$out/wine-machine dll
	rm -rf "$prefix" "$machine"
	wine_do() { STANDIN_BUILD=$out timeout 120 "$here/wine.sh" "$machine" "$@" >>"$out/wine.log" 2>&1 </dev/null; }
	wine_do wineboot -i
	wine_do winecfg -v win2003
	wine_do reg add 'HKCU\Software\Wine\Drivers' /v Graphics /d null /f
	wine_do reg add 'HKLM\Software\Wine\Ports' /v com1 /d /machine/com1 /f
	wine_do -w
	printf 'disable\n' >"$machine/prefix/.update-timestamp"
	for dll in "$machine"/prefix/drive_c/windows/system32/*.*; do
		if [ -e "$out/wine-root/usr/lib/i386-linux-gnu/wine/i386-windows/${dll##*/}" ]; then
			ln -sf "/usr/lib/i386-linux-gnu/wine/i386-windows/${dll##*/}" "$dll"
		fi
	done
	mv "$machine/prefix" "$prefix"
	rm -rf "$machine"
}
