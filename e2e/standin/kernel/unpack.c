/*
 * The protected-mode part of the guest's kernel image: unpacks the kernel from LZ4 and starts it.
 *
 * Debian's kernel is packed with XZ, which costs an emulated machine a second and a half at every start; LZ4 costs a tenth
 * of that. build/kernel.sh puts this program where the kernel's own unpacker was, behind the untouched real-mode part
 * (Documentation/x86/boot.rst: it starts at 0x100000 with the address of the boot parameters in ESI, and leaves that
 * there for the kernel, which starts at its first byte).
 */
typedef unsigned char byte;

#define KERNEL_AT ((byte *)0x1000000) /* CONFIG_PHYSICAL_START */
#define LEGACY_MAGIC 0x184C2102u      /* lz4 -l: this, then blocks, each behind its packed size */

__asm__(".section .start,\"ax\"\n"
        ".globl _start\n"
        "_start:\n"
        "    cld\n"
        "    movl $stack_end, %esp\n"
        "    pushl %esi\n"
        "    call unpack\n"
        "    popl %esi\n"
        "    xorl %ebp, %ebp\n"
        "    xorl %edi, %edi\n"
        "    xorl %ebx, %ebx\n"
        "    movl $0x1000000, %eax\n"
        "    jmp *%eax\n"
        ".section .data\n"
        ".balign 16\n"
        ".fill 4096, 1, 0x90\n" /* not zeros: see whole() in build/platform.sh */
        "stack_end:\n"
        ".balign 4\n"
        "packed:\n"
        ".incbin \"vmlinux.lz4\"\n"
        "packed_end:\n"
        ".text\n");

extern const byte packed[], packed_end[];

static unsigned number(const byte *at)
{
    return *(const unsigned *)at;
}

/* more adds the bytes that follow a length of 15. */
static const byte *more(const byte *in, unsigned *length)
{
    byte b;

    do {
        b = *in++;
        *length += b;
    } while (b == 255);
    return in;
}

static byte *copy(byte *to, const byte *from, unsigned length)
{
    if (to - from >= 4)
        for (; length >= 4; length -= 4, to += 4, from += 4)
            *(unsigned *)to = *(const unsigned *)from;
    while (length--)
        *to++ = *from++;
    return to;
}

static byte *block(byte *out, const byte *in, const byte *end)
{
    for (;;) {
        byte token = *in++;
        unsigned literals = token >> 4, match = (token & 15) + 4, back;

        if (literals == 15)
            in = more(in, &literals);
        /* Literals come from below the place they go to, far away. */
        out = copy(out, in, literals);
        in += literals;
        if (in >= end)
            return out;
        back = in[0] | in[1] << 8;
        in += 2;
        if (match == 19)
            in = more(in, &match);
        out = copy(out, out - back, match);
    }
}

void unpack(void)
{
    const byte *in = packed + 4;
    byte *out = KERNEL_AT;

    if (number(packed) != LEGACY_MAGIC)
        for (;;)
            ;
    while (in + 4 < packed_end) {
        unsigned size = number(in);

        in += 4;
        out = block(out, in, in + size);
        in += size;
    }
}
