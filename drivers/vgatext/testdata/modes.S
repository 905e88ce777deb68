# A boot sector that shows all characters in one text mode after another, the next with each key.
# Build: as --32 -o modes.o modes.S && ld -m elf_i386 -Ttext 0x7c00 --oformat binary -o modes.bin modes.o
.code16
.globl _start
_start:
	xor %ax, %ax
	mov %ax, %ds
	mov %ax, %ss
	mov $0x7c00, %sp
	mov $modes, %si
next:
	lodsb
	cmp $0xff, %al
	je _start
	xor %ah, %ah
	int $0x10		# set the mode
	lodsw
	test %ax, %ax
	jz shown
	cmp $0xffff, %ax
	je tall
	xor %bx, %bx
	int $0x10		# load another font
shown:
	call show
	xor %ah, %ah
	int $0x16		# wait for a key
	jmp next
tall:				# 640 by 480: cells of 8 columns, 480 lines
	mov $0x0101, %ax
	mov $0x3c4, %dx
	out %ax, %dx
	mov $0xdf12, %ax
	mov $0x3d4, %dx
	out %ax, %dx
	jmp shown

# show writes a line, then every character, 32 a row, each row in other colours.
show:
	push %si
	mov $0xb800, %ax
	mov %ax, %es
	xor %di, %di
	mov $hello, %si
1:	lodsb
	test %al, %al
	jz 2f
	mov $0x1f, %ah
	stosw
	jmp 1b
2:	mov 0x44a, %bx		# columns, of the BIOS data area
	shl %bx			# bytes a row
	mov %bx, %di
	shl %di			# row 2
	xor %al, %al
	mov $attributes, %si
3:	mov (%si), %ah
	mov $32, %cx
4:	stosw
	inc %al
	loop 4b
	inc %si
	sub $64, %di
	add %bx, %di
	test %al, %al
	jnz 3b
	mov $0x0200, %ax	# the cursor: below the text, on an empty cell
	mov $0x0b00, %dx
	xor %bx, %bx
	int $0x10
	pop %si
	ret

hello:	.asciz "A disk read error occurred: STOP 0x7B"
attributes: .byte 0x70, 0x1f, 0x07, 0x4e, 0x0a, 0x30, 0x17, 0x0f
# mode, and what to ask of the font (0: nothing): 80x25, 28 rows of 14 lines, 50 rows of 8, 40x25, 80x30
modes:
	.byte 3; .word 0
	.byte 3; .word 0x1111
	.byte 3; .word 0x1112
	.byte 1; .word 0
	.byte 3; .word 0xffff
	.byte 0xff
.org 510
.word 0xaa55
