# A boot sector that is a guest on a network: it talks or listens through an
# rtl8139 with its own hands, and says on COM1 what it does. Byte 508 is its
# part: T sends a broadcast (an ARP request of 10.20.0.10 for 10.20.0.20 with a
# mark behind it) five times a second and says "sent"; L says "heard" for each one
# that it receives; anything else halts. Rebuild with:  go generate ./e2e/tiny
.code16
.globl _start
_start:
  cli
  xor %ax,%ax
  mov %ax,%ds
  mov %ax,%ss
  mov $0x7c00,%sp
  mov $0x1000,%ax
  mov %ax,%es
  sti
  cld
  mov role,%al
  cmp $'T',%al
  je card
  cmp $'L',%al
  je card
halt:
  hlt
  jmp halt

# Find the card, let it reach memory, and switch it on.
card:
  mov $0xb102,%ax
  mov $0x8139,%cx
  mov $0x10ec,%dx
  xor %si,%si
  int $0x1a
  jc halt
  mov $0xb109,%ax
  mov $4,%di
  int $0x1a
  or $5,%cx
  mov $0xb10c,%ax
  int $0x1a
  mov $0xb10a,%ax
  mov $0x10,%di
  int $0x1a
  and $0xfffc,%cx
  mov %cx,port
  mov $0x52,%bx
  xor %al,%al
  call write
  mov $0x37,%bx
  mov $0x10,%al
  call write
1: call read
  test $0x10,%al
  jnz 1b
  xor %bx,%bx
  mov $frame+6,%di
2: call read
  mov %al,(%di)
  mov %al,16(%di)
  inc %di
  inc %bx
  cmp $6,%bx
  jne 2b
  call listen
  cmpb $'L',role
  je ears

# The four places for a frame to be sent are used in turn.
talk:
  mov 0x46c,%eax
  add $4,%eax
3: hlt
  cmp %eax,0x46c
  jb 3b
  mov place,%bx
  lea 0x20(%bx),%dx
  add port,%dx
  mov $frame,%eax
  outl %eax,%dx
  sub $0x10,%dx
  mov $60,%eax
  outl %eax,%dx
  add $4,%bx
  and $15,%bx
  mov %bx,place
  mov $sent,%si
  call say
  jmp talk

ears:
  mov $0x37,%bx
  call read
  test $1,%al
  jz 4f
  hlt
  jmp ears
4: mov %es:4+42,%eax
  cmp mark,%eax
  jne 5f
  mov $heard,%si
  call say
5: call listen
  jmp ears

# Receive everything, from the beginning of an empty buffer at 64 KiB.
listen:
  mov port,%dx
  add $0x30,%dx
  mov $0x10000,%eax
  outl %eax,%dx
  movl $0,%es:4+42
  mov port,%dx
  add $0x37,%dx
  mov $0x0c,%al
  outb %al,%dx
  add $0x44-0x37,%dx
  mov $0x8f,%eax
  outl %eax,%dx
  ret

read:
  mov port,%dx
  add %bx,%dx
  inb %dx,%al
  ret
write:
  mov port,%dx
  add %bx,%dx
  outb %al,%dx
  ret

say:
  lodsb
  test %al,%al
  jz 7f
  push %ax
  mov $0x3fd,%dx
6: inb %dx,%al
  test $0x20,%al
  jz 6b
  pop %ax
  mov $0x3f8,%dx
  outb %al,%dx
  jmp say
7: ret

sent: .asciz "sent\r\n"
heard: .asciz "heard\r\n"
port: .word 0
place: .word 0
frame:
  .byte 0xff,0xff,0xff,0xff,0xff,0xff, 0,0,0,0,0,0, 8,6
  .byte 0,1, 8,0, 6,4, 0,1
  .byte 0,0,0,0,0,0, 10,20,0,10
  .byte 0,0,0,0,0,0, 10,20,0,20
mark: .ascii "FORK"
  .zero 14
.org 508
role: .byte 'H'
.org 510
.word 0xaa55
