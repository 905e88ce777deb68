# A boot sector that says on COM1 how far a 32-bit guest gets:
#   R real mode, P protected mode, G paging, F floating point, K all is well.
# KVM without hardware help for it (nested under a 64-bit-only hypervisor) was
# seen to hang between P and G. Rebuild with:  go generate ./drivers/libvirt
.code16
.globl _start
_start:
  cli
  xor %ax,%ax
  mov %ax,%ds
  mov %ax,%ss
  mov $0x7c00,%sp
  mov $0x3f8,%dx
  mov $'R',%al
  outb %al,%dx
  lgdt gdtr
  mov %cr0,%eax
  or $1,%al
  mov %eax,%cr0
  ljmp $8,$protected
.code32
protected:
  mov $16,%ax
  mov %ax,%ds
  mov %ax,%es
  mov %ax,%ss
  mov $0x3f8,%dx
  mov $'P',%al
  outb %al,%dx
  # A page directory at 64 KiB and one table behind it: 4 MiB mapped to itself.
  mov $0x10000,%edi
  xor %eax,%eax
  mov $2048,%ecx
  rep stosl
  movl $0x11007,0x10000
  mov $0x11000,%edi
  mov $7,%eax
1: mov %eax,(%edi)
  add $4,%edi
  add $0x1000,%eax
  cmp $0x400007,%eax
  jne 1b
  mov $0x10000,%eax
  mov %eax,%cr3
  mov %cr0,%eax
  or $0x80000000,%eax
  mov %eax,%cr0
  jmp 2f
2: mov $'G',%al
  outb %al,%dx
  fninit
  fld1
  fldpi
  faddp
  fstps 0x9000
  mov $'F',%al
  outb %al,%dx
  mov $10000000,%ecx
3: add %ecx,%ebx
  imul $3,%ebx,%ebx
  dec %ecx
  jnz 3b
  mov $'K',%al
  outb %al,%dx
4: hlt
  jmp 4b
.align 8
gdt: .quad 0
  .quad 0x00cf9a000000ffff
  .quad 0x00cf92000000ffff
gdtr: .word 23
  .long gdt
.org 510
.word 0xaa55
