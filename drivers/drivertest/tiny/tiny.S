# The guest of drivertest: an El Torito boot image without an operating system
# that carries out a script (at byte 1024 of the image) with BIOS calls and says
# on COM1 what it sees. Rebuild with:  go generate ./drivers/drivertest
#
#   S text 0   say the text            R   say sector 1 of the first disk
#   W text 0   write sector 1          F   say sector 0 of the floppy
#   N word     say so many lines       D   wait about a fifth of a second
#   J byte word  go to script offset when sector 1 begins with that byte
#   C  say sector 0 of the second CD drive
#   X  reset hdc and hdd, as a BIOS does (ATA's software reset)
#   V text 0   show the text on the screen     K  wait for a key and say it
#   I  count one more in memory, and say how many
#   T  say what the hardware clock shows
#   L  start over    P  power off    B  reboot    H  halt
.code16
.globl _start
_start:
  cli
  xor %ax,%ax
  mov %ax,%ds
  mov %ax,%es
  mov %ax,%ss
  mov $0x7000,%sp
  movw $0,count
  sti
  cld
begin:
  mov $script,%si
next:
  lodsb
  cmp $'S',%al
  je op_say
  cmp $'R',%al
  je op_read
  cmp $'W',%al
  je op_write
  cmp $'F',%al
  je op_floppy
  cmp $'N',%al
  je op_lines
  cmp $'D',%al
  je op_wait
  cmp $'J',%al
  je op_jump
  cmp $'C',%al
  je op_disc
  cmp $'X',%al
  je op_reset
  cmp $'V',%al
  je op_show
  cmp $'K',%al
  je op_key
  cmp $'I',%al
  je op_count
  cmp $'T',%al
  je op_time
  cmp $'L',%al
  je begin
  cmp $'P',%al
  je op_power
  cmp $'B',%al
  je op_reboot
halt:
  hlt
  jmp halt

op_say:
  call put_text
  call put_end
  jmp next

op_read:
  mov $disk_is,%bx
  call put_bx
  call read_disk
  mov $buffer,%bx
  call put_bx
  call put_end
  jmp next

op_write:
  mov $buffer,%di
  mov $256,%cx
  xor %ax,%ax
  rep stosw
  mov $buffer,%di
1: lodsb
  stosb
  test %al,%al
  jnz 1b
  mov $0x0301,%ax
  mov $0x80,%dl
  call transfer
  jmp next

op_floppy:
  mov $floppy_is,%bx
  call put_bx
  mov $5,%bp
2: movb $0,buffer
  mov $0x0201,%ax
  mov $buffer,%bx
  mov $0x0001,%cx
  xor %dx,%dx
  push %bp
  push %si
  int $0x13
  pop %si
  pop %bp
  jnc 3f
  xor %ax,%ax
  xor %dx,%dx
  int $0x13
  dec %bp
  jnz 2b
  movb $0,buffer
3: mov $buffer,%bx
  call put_bx
  call put_end
  jmp next

op_lines:
  lodsw
  mov %ax,%cx
  xor %bp,%bp
4: inc %bp
  mov $line_is,%bx
  call put_bx
  mov %bp,%ax
  call put_number
  cmp %cx,%bp
  jne 4b
  jmp next

op_count:
  mov $count_is,%bx
  call put_bx
  incw count
  mov count,%ax
  call put_number
  jmp next

# The registers are read again until the second did not change meanwhile.
op_time:
  mov $0x0a,%al
  call cmos
  test $0x80,%al
  jnz op_time
  xor %al,%al
  call cmos
  mov %al,%ah
  push %si
  mov $clock_order,%si
  mov $buffer,%di
1: lodsb
  test %al,%al
  js 2f
  call cmos
  stosb
  jmp 1b
2: pop %si
  xor %al,%al
  call cmos
  cmp %al,%ah
  jne op_time
  mov $time_is,%bx
  call put_bx
  mov $buffer,%bx
3: mov (%bx),%al
  shr $4,%al
  add $'0',%al
  call put
  mov (%bx),%al
  and $15,%al
  add $'0',%al
  call put
  inc %bx
  cmp %di,%bx
  jne 3b
  call put_end
  jmp next

cmos:
  outb %al,$0x70
  inb $0x71,%al
  ret

put_number:
  mov $10000,%bx
5: xor %dx,%dx
  div %bx
  add $'0',%al
  push %dx
  call put
  mov %bx,%ax
  xor %dx,%dx
  mov $10,%di
  div %di
  mov %ax,%bx
  pop %ax
  test %bx,%bx
  jnz 5b
  jmp put_end

op_wait:
  mov 0x46c,%eax
  add $4,%eax
6: hlt
  cmp %eax,0x46c
  jb 6b
  jmp next

op_disc:
  mov $disc_is,%bx
  call put_bx
  mov $5,%bp
2: movb $0,buffer
  mov $0x42,%ah
  mov $0xe1,%dl
  push %bp
  push %si
  mov $packet,%si
  int $0x13
  pop %si
  pop %bp
  jnc 3f
  dec %bp
  jnz 2b
  movb $0,buffer
3: mov $buffer,%bx
  call put_bx
  call put_end
  jmp next

op_reset:
  mov $0x376,%dx
  mov $4,%al
  outb %al,%dx
  xor %al,%al
  outb %al,%dx
  jmp next

op_show:
  lodsb
  test %al,%al
  jz next
  mov $0x0e,%ah
  mov $7,%bx
  int $0x10
  jmp op_show

op_key:
  mov $key_is,%bx
  call put_bx
  xor %ah,%ah
  int $0x16
  call put
  call put_end
  jmp next

op_jump:
  call read_disk
  lodsb
  mov %al,%dl
  lodsw
  cmp %dl,buffer
  jne next
  mov $script,%si
  add %ax,%si
  jmp next

# What was said last is lost with the power when the host has not read it by then.
op_power:
  mov 0x46c,%eax
  add $8,%eax
1: hlt
  cmp %eax,0x46c
  jb 1b
  mov $0x2000,%ax
  mov $0x604,%dx
  outw %ax,%dx
  mov $0xb004,%dx
  outw %ax,%dx
  jmp halt

op_reboot:
  mov $0x06,%al
  mov $0xcf9,%dx
  outb %al,%dx
  jmp halt

read_disk:
  movb $0,buffer
  mov $0x0201,%ax
  mov $0x80,%dl
transfer:
  push %si
  mov $buffer,%bx
  mov $0x0002,%cx
  xor %dh,%dh
  int $0x13
  pop %si
  ret

put_text:
  lodsb
  test %al,%al
  jz 7f
  call put
  jmp put_text
7: ret

put_bx:
  mov (%bx),%al
  test %al,%al
  jz 8f
  call put
  inc %bx
  jmp put_bx
8: ret

put_end:
  mov $13,%al
  call put
  mov $10,%al
put:
  push %dx
  push %ax
  mov $0x3fd,%dx
9: inb %dx,%al
  test $0x20,%al
  jz 9b
  pop %ax
  mov $0x3f8,%dx
  outb %al,%dx
  pop %dx
  ret

disk_is: .asciz "disk:"
disc_is: .asciz "disc:"
packet: .byte 16,0
  .word 1,buffer,0
  .quad 0
key_is: .asciz "key:"
floppy_is: .asciz "floppy:"
line_is: .asciz "line "
count_is: .asciz "count:"
time_is: .asciz "time:"
clock_order: .byte 0x32,9,8,7,4,2,0,0xff
.org 1024
script:
.set buffer, 0x9000
.set count, 0x8ff0
