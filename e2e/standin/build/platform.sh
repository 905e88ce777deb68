# The installed system's disk image and the install CD around it.

# Drivers, in groups that are loaded together; build_modules puts what each needs before it.
MODULES_DISK='ata_piix crc64_rocksoft_generic crct10dif_generic sd_mod crc32c_generic ext4'
MODULES_MEDIA='sr_mod isofs'
MODULES_FLOPPY='floppy nls_cp437 nls_ascii vfat'
MODULES_POWER='button evdev'
MODULES_CARDS='8139cp e1000 e1000e pcnet32'

# KERNEL_WORDS: silence, no work that only tests or protects the kernel itself. The time comes from the PM timer, or where a
# machine has no ACPI from what the kernel finds: the rate of the time stamp counter is guessed wrong under emulation on a busy
# host (100 MHz for 2,596 MHz was seen), and a guest whose clock runs 26 times too fast gives up waiting 26 times too soon.
KERNEL_WORDS='quiet loglevel=0 console=tty1 vga=normal mitigations=off nokaslr cryptomgr.notests clocksource=acpi_pm no_timer_check random.trust_cpu=on audit=0 selinux=0 apparmor=0 rcupdate.rcu_expedited=1 raid=noautodetect noisapnp'

# with_needs MODULE... prints each module's file, after the files of the modules that it needs.
with_needs() {
	local folder=$out/kernel/lib/modules module file needs
	local -A done=()
	visit() {
		[ -z "${done[$1]:-}" ] || return 0
		done[$1]=1
		file=$(find "$folder" -name "${1//_/[-_]}.ko" | head -n 1)
		[ -n "$file" ] || return 0 # built in
		needs=$(LC_ALL=C grep -a -o -z '^depends=.*' "$file" | tr -d '\0')
		for module in $(printf '%s' "${needs#depends=}" | tr ',' ' '); do
			visit "$module"
		done
		find "$folder" -name "${1//_/[-_]}.ko" | head -n 1
	}
	for module in "$@"; do
		visit "$module"
	done
}

# put_modules FOLDER MODULE... puts modules into FOLDER with the list "order", in which they can be loaded.
put_modules() {
	local folder=$1 file
	shift
	mkdir -p "$folder"
	with_needs "$@" | while read -r file; do
		cp "$file" "$folder/"
		printf '%s\n' "${file##*/}"
	done >"$folder/order"
	strip --strip-debug "$folder"/*.ko
}

# go_386 PACKAGE FILE builds a static program for a Pentium III.
go_386() {
	(cd "$here/../.." && CGO_ENABLED=0 GOOS=linux GOARCH=386 GO386=softfloat go build -trimpath -ldflags='-s -w' -o "$2" "$1")
}

# make_initrd FILE FOLDER packs a folder, with LZ4, which unpacks fastest.
make_initrd() {
	(cd "$2" && find . -mindepth 1 | LC_ALL=C sort | cpio --quiet -o -H newc | lz4 -l -9 -q) >"$1"
}

# make_platform_programs builds process 1, userinit.exe, and both initrds.
make_platform_programs() {
	local work=$out/platform
	rm -rf "$work"
	mkdir -p "$work/disk" "$work/cd/boot"
	go_386 ./e2e/standin/platform/boot "$work/boot"
	i686-w64-mingw32-gcc -Os -s -o "$work/userinit.exe" "$here/platform/userinit/userinit.c" -lntdll
	cp "$work/boot" "$work/disk/init"
	cp "$work/boot" "$work/cd/init"
	cp /usr/lib/EXTLINUX/mbr.bin "$work/cd/boot/"
	# shellcheck disable=SC2086
	{
		put_modules "$work/disk/modules" $MODULES_DISK
		put_modules "$work/cd/modules" $MODULES_DISK $MODULES_MEDIA $MODULES_FLOPPY
	}
	make_initrd "$work/disk.img" "$work/disk"
	make_initrd "$work/cd.img" "$work/cd"
}

# whole FILE... fails for a file with a block of zeros: mke2fs makes a hole of that, which extlinux cannot read.
whole() {
	local file
	for file in "$@"; do
		cp --sparse=always "$file" "$out/holes"
		if [ "$(stat -c '%b * 512' "$out/holes" | { read -r n; echo $((n)); })" -lt "$(stat -c %s "$file")" ]; then
			say "$file has blocks of zeros, and the boot loader cannot read those"
			return 1
		fi
	done
	rm -f "$out/holes"
}

# make_guest_image makes the file system that Setup copies to the disk.
make_guest_image() {
	local root=$out/guest-root used
	rm -rf "$root"
	cp -a "$out/guest-wine" "$root"
	mkdir -p "$root"/{boot,dev,proc,sys,run,tmp,etc,root,media,var/{lib/standin,log},usr/bin,usr/sbin,usr/lib/standin/modules}
	copy_linux "$root" usr/bin/extlinux usr/sbin/slapd usr/lib/ldap/back_mdb.so usr/lib/ldap/syncprov.so
	cp "$out/wine-root/usr/bin/busybox" "$root/usr/bin/busybox"
	ln -s busybox "$root/usr/bin/sh"
	cp "$out/wine-root/etc/passwd" "$out/wine-root/etc/group" "$root/etc/"
	# shellcheck disable=SC2086
	{
		put_modules "$root/usr/lib/standin/modules/media" $MODULES_MEDIA
		put_modules "$root/usr/lib/standin/modules/floppy" $MODULES_FLOPPY
		put_modules "$root/usr/lib/standin/modules/power" $MODULES_POWER
		put_modules "$root/usr/lib/standin/modules" $MODULES_CARDS
	}
	mkdir -p "$root/usr/lib/standin/later"
	cp "$out"/programs/later/* "$root/usr/lib/standin/later/"
	put_prefix "$root/windows"
	whole "$out/kernel/vmlinuz" "$out/platform/disk.img"
	cp "$out/kernel/vmlinuz" "$out/platform/disk.img" "$root/boot/"
	printf 'DEFAULT w\nPROMPT 0\nTIMEOUT 0\nLABEL w\n KERNEL vmlinuz\n INITRD disk.img\n APPEND standin=disk %s\n' "$KERNEL_WORDS" \
		>"$root/boot/extlinux.conf"
	used=$(du -s --apparent-size -B 1M "$root" | cut -f 1)
	rm -f "$out/root.img"
	mke2fs -q -t ext4 -d "$root" -b 4096 -m 0 -N 8192 -J size=8 -E lazy_itable_init=1,lazy_journal_init=1,root_owner=0:0 \
		-O '^64bit,^metadata_csum,resize_inode' "$out/root.img" "$((used * 11 / 10 + 16))M" >/dev/null
}

# put_prefix PREFIX completes C: and names what does not change: the other drives are named at each start.
put_prefix() {
	local prefix=$1
	cp "$out/platform/userinit.exe" "$prefix/drive_c/windows/system32/"
	rm -f "$prefix"/dosdevices/*
	ln -s ../drive_c "$prefix/dosdevices/c:"
	ln -s /dev/ttyS0 "$prefix/dosdevices/com1"
	mkdir -p "$prefix/drive_c/Documents and Settings"
	cp -r "$out"/programs/system32/* "$prefix/drive_c/windows/system32/"
	install -D -m 755 "$out/programs/standind" "$prefix/../usr/lib/standin/standind"
	{
		printf '\n[Software\\\\Wine\\\\DllOverrides] 0\n'
		sed 's/.*/"&"="native,builtin"/' "$out/programs/overrides.txt"
	} >>"$prefix/user.reg"
}

# make_windows_cds makes the install CD of every Windows that cd/windows has a table of.
make_windows_cds() {
	local table
	for table in "$here"/cd/windows/*.txt; do
		make_windows_cd "$table"
	done
}

# make_windows_cd TABLE puts the image on a CD that is laid out, named and started as one of Microsoft's is.
make_windows_cd() {
	local cd=$out/cd name mark label marks
	name=$(basename "$1" .txt)
	label=$(sed -n 's/^label=//p' "$1")
	marks=$(sed -n 's/^marks=//p' "$1")
	rm -rf "$cd"
	mkdir -p "$cd"/{DOCS,ISOLINUX,STANDIN,SOURCES}
	for mark in $marks; do
		printf 'Windows\r\n' >"$cd/$mark"
	done
	cp "$here/cd/README.TXT" "$cd/README.TXT"
	sed 's/$/\r/' "$1" >"$cd/STANDIN/WINDOWS.TXT"
	if grep -q '^answers=winnt.sif' "$1"; then
		lay_early "$cd"
	fi
	lay_images "$cd" "$1"
	lay_adprep "$cd" "$(sed -n 's/^adprep=//p' "$1")" "$(sed -n 's/^schema=//p' "$1")"
	cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 "$cd/ISOLINUX/"
	cp "$out/kernel/vmlinuz" "$cd/ISOLINUX/VMLINUZ"
	cp "$out/platform/cd.img" "$cd/ISOLINUX/CD.IMG"
	printf 'DEFAULT s\nPROMPT 0\nTIMEOUT 0\nLABEL s\n KERNEL VMLINUZ\n INITRD CD.IMG\n APPEND standin=cd %s\n' "$KERNEL_WORDS" \
		>"$cd/ISOLINUX/ISOLINUX.CFG"
	ln "$out/root.img" "$cd/STANDIN/ROOT.IMG"
	rmdir --ignore-fail-on-non-empty "$cd/SOURCES"
	xorriso -as mkisofs -quiet -o "$out/$name.iso.new" -V "$label" -publisher 'MICROSOFT CORPORATION' \
		-appid 'DOUBLEHOP STAND-IN DISC - NOT MICROSOFT WINDOWS' -iso-level 2 --norock \
		-b ISOLINUX/isolinux.bin -c ISOLINUX/BOOT.CAT -no-emul-boot -boot-load-size 4 -boot-info-table "$cd" 2>"$out/xorriso.log" ||
		{ cat "$out/xorriso.log" >&2; return 1; }
	mv "$out/$name.iso.new" "$out/$name.iso"
}

# lay_images CD TABLE adds INSTALL.WIM to a disc of Windows 2008 and later: its images are empty, and described as
# Microsoft's are.
lay_images() {
	local cd=$1 wim=$1/SOURCES/INSTALL.WIM verb=wimcapture image major minor title kind
	value() { sed -n "s/^$1=//p" "$2"; }
	IFS=. read -r major minor <<<"$(value version "$2")"
	title=$(value title "$2")
	for image in $(value images "$2"); do
		kind=Server
		[[ $image == *Core ]] && kind='Server Core'
		mkdir -p "$out/empty"
		$verb "$out/empty" "$wim" "$title ${image^^}" --compress=none \
			--image-property "WINDOWS/ARCH=9" --image-property "WINDOWS/PRODUCTNAME=Microsoft® Windows® Operating System" \
			--image-property "WINDOWS/EDITIONID=${image%Core}" --image-property "WINDOWS/INSTALLATIONTYPE=$kind" \
			--image-property "WINDOWS/PRODUCTTYPE=ServerNT" --image-property "WINDOWS/LANGUAGES/LANGUAGE=en-US" \
			--image-property "WINDOWS/LANGUAGES/DEFAULT=en-US" --image-property "WINDOWS/VERSION/MAJOR=$major" \
			--image-property "WINDOWS/VERSION/MINOR=$minor" --image-property "WINDOWS/VERSION/BUILD=$(value build "$2")" \
			--image-property "WINDOWS/VERSION/SPBUILD=0" --image-property "WINDOWS/VERSION/SPLEVEL=$(value pack "$2")" \
			>/dev/null
		verb=wimappend
	done
}

# lay_early FOLDER adds what the discs of Windows 2000 and 2003 have.
lay_early() {
	local cd=$1
	mkdir -p "$cd/I386" "$cd/SUPPORT/TOOLS"
	printf '[Pid]\r\nExtraData=0000000000000000000000000000000000\r\nPid=00000270\r\n' >"$cd/I386/SETUPP.INI"
	printf '[Version]\r\nSignature="$Windows NT$"\r\n' >"$cd/I386/TXTSETUP.SIF"
	cp "$here/cd/README.TXT" "$cd/I386/NTLDR"
	cp "$here/cd/README.TXT" "$cd/I386/SETUPLDR.BIN"
	cp "$out/programs/winnt32.exe" "$cd/I386/WINNT32.EXE"
	(cd "$out/programs/support" && gcab --create "$cd/SUPPORT/TOOLS/SUPPORT.CAB" -- *) >/dev/null
}

# lay_adprep CD FOLDER SCHEMA adds adprep to a disc that has one. As on Microsoft's, the highest schNN.ldf beside
# it is the schema that it prepares for.
lay_adprep() {
	local to=$1/$2 number
	[ -n "$2" ] || return 0
	mkdir -p "$to"
	cp "$out"/programs/adprep/*.exe "$to/"
	for number in $(seq 14 "$3"); do
		cp "$here/cd/README.TXT" "$to/sch$number.ldf"
	done
}
