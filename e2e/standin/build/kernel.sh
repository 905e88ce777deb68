# Repack Debian's kernel so that an emulated machine unpacks it fast (kernel/unpack.c says how and why).

# word FILE OFFSET prints a little-endian 32-bit number.
word() { od -An -tu4 -j "$2" -N 4 "$1" | tr -d ' '; }

# put FILE OFFSET SIZE NUMBER writes a little-endian number.
put() {
	local i text=''
	for ((i = 0; i < $3; i++)); do
		text+=$(printf '\\x%02x' $(($4 >> (8 * i) & 255)))
	done
	# shellcheck disable=SC2059
	printf "$text" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# make_kernel unpacks the kernel's package and makes kernel/vmlinuz of it. The offsets are those of the setup header in
# the kernel's Documentation/x86/boot.rst.
make_kernel() {
	local work=$out/kernel original setup size
	rm -rf "$work"
	mkdir -p "$work"
	unpack "$work" "$out/apt/$KERNEL_RELEASE"/debs/linux-image-*.deb
	original=$(echo "$work"/boot/vmlinuz-*)
	setup=$((($(od -An -tu1 -j $((0x1f1)) -N 1 "$original") + 1) * 512))
	tail -c +$((setup + $(word "$original" $((0x248))) + 1)) "$original" | head -c "$(word "$original" $((0x24c)))" |
		xz --decompress --single-stream --quiet --quiet >"$work/vmlinux" || true # behind the data stands its size
	objcopy -O binary "$work/vmlinux" "$work/vmlinux.bin"
	lz4 -l -9 -q -f "$work/vmlinux.bin" "$work/vmlinux.lz4"
	(cd "$work" && gcc -m32 -march=i686 -O2 -ffreestanding -fno-pic -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables \
		-fno-tree-loop-distribute-patterns -nostdlib -static -Wl,--build-id=none,-z,noexecstack,--section-start=.start=0x100000 \
		-Wl,-Ttext=0x100100 -o unpack.elf "$here/kernel/unpack.c")
	objcopy -O binary "$work/unpack.elf" "$work/unpack.bin"
	head -c "$setup" "$original" >"$work/vmlinuz"
	cat "$work/unpack.bin" >>"$work/vmlinuz"
	truncate -s %16 "$work/vmlinuz"
	size=$(stat -c %s "$work/vmlinuz")
	[ $((size - setup)) -lt $((0xF00000)) ] || { say "the packed kernel does not fit below the place where it runs"; return 1; }
	put "$work/vmlinuz" $((0x1f4)) 4 $(((size - setup) / 16))
	put "$work/vmlinuz" $((0x234)) 1 0                                              # relocatable_kernel: no
	put "$work/vmlinuz" $((0x258)) 8 $((0x100000))                                  # pref_address
	put "$work/vmlinuz" $((0x260)) 4 $(($(word "$original" $((0x260))) + 0xF00000)) # init_size
}
