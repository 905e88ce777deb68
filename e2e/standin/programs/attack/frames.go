package attack

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// wire is a raw socket on one NIC: whole Ethernet frames in and out.
type wire struct {
	file *os.File
	nic  *net.Interface
}

func open(nic string) (*wire, error) {
	i, err := net.InterfaceByName(nic)
	if err != nil {
		return nil, err
	}
	if len(i.HardwareAddr) != 6 {
		return nil, fmt.Errorf("%s is no Ethernet", nic)
	}
	all := int(binary.NativeEndian.Uint16([]byte{unix.ETH_P_ALL >> 8, unix.ETH_P_ALL & 255}))
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, all)
	if err != nil {
		return nil, fmt.Errorf("raw socket: %w", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: uint16(all), Ifindex: i.Index}); err != nil {
		return nil, errors.Join(err, unix.Close(fd))
	}
	return &wire{os.NewFile(uintptr(fd), "wire"), i}, nil
}

// wait reads the frames of others until match likes one or limit has passed.
func (w *wire) wait(ctx context.Context, limit time.Duration, match func([]byte) bool) (bool, error) {
	if err := w.file.SetReadDeadline(time.Now().Add(limit)); err != nil {
		return false, err
	}
	stop := context.AfterFunc(ctx, func() { _ = w.file.SetReadDeadline(time.Now()) })
	defer stop()
	frame := make([]byte, 9000)
	for {
		n, err := w.file.Read(frame)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if n < 14 || net.HardwareAddr(frame[6:12]).String() == w.nic.HardwareAddr.String() {
			continue
		}
		if match(frame[:n]) {
			return true, nil
		}
	}
}

//nolint:gochecknoglobals // a constant that Go cannot write as one
var broadcast = []byte{255, 255, 255, 255, 255, 255}

func ethernet(to, from []byte, kind uint16, body []byte) []byte {
	f := append(append(append([]byte{}, to...), from...), byte(kind>>8), byte(kind))
	f = append(f, body...)
	for len(f) < 60 {
		f = append(f, 0)
	}
	return f
}

func arp(ctx context.Context, nic, target, from string) (string, error) {
	to, err := netip.ParseAddr(target)
	if err != nil || !to.Is4() {
		return "", fmt.Errorf("no IPv4 address: %q", target)
	}
	source, err := sourceOf(nic, from)
	if err != nil {
		return "", err
	}
	w, err := open(nic)
	if err != nil {
		return "", err
	}
	defer w.file.Close()
	body := []byte{0, 1, 8, 0, 6, 4, 0, 1}
	body = append(append(body, w.nic.HardwareAddr...), source.AsSlice()...)
	body = append(append(body, 0, 0, 0, 0, 0, 0), to.AsSlice()...)
	for range 3 {
		if _, err := w.file.Write(ethernet(broadcast, w.nic.HardwareAddr, 0x0806, body)); err != nil {
			return "", err
		}
		var owner net.HardwareAddr
		found, err := w.wait(ctx, patience/3, func(f []byte) bool {
			if len(f) < 42 || binary.BigEndian.Uint16(f[12:]) != 0x0806 || f[21] != 2 || netip.AddrFrom4([4]byte(f[28:32])) != to {
				return false
			}
			owner = net.HardwareAddr(append([]byte{}, f[22:28]...))
			return true
		})
		if found || err != nil {
			return "answered by " + owner.String(), err
		}
	}
	return "", nil
}

// sourceOf is from, or the first IPv4 address of the NIC.
func sourceOf(nic, from string) (netip.Addr, error) {
	if from != "" {
		a, err := netip.ParseAddr(from)
		if err == nil && !a.Is4() {
			err = fmt.Errorf("no IPv4 address: %q", from)
		}
		return a, err
	}
	i, err := net.InterfaceByName(nic)
	if err != nil {
		return netip.Addr{}, err
	}
	addresses, err := i.Addrs()
	if err != nil {
		return netip.Addr{}, err
	}
	for _, a := range addresses {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() {
			return p.Addr(), nil
		}
	}
	return netip.AddrFrom4([4]byte{}), nil
}

// checksum is the one of RFC 1071.
func checksum(parts ...[]byte) uint16 {
	var sum uint32
	for _, p := range parts {
		for i := 0; i+1 < len(p); i += 2 {
			sum += uint32(p[i])<<8 | uint32(p[i+1])
		}
		if len(p)%2 == 1 {
			sum += uint32(p[len(p)-1]) << 8
		}
	}
	for sum > 0xffff {
		sum = sum&0xffff + sum>>16
	}
	return ^uint16(sum)
}

// datagram is an IPv4 packet with a UDP datagram in it.
func datagram(from, to netip.AddrPort, body []byte) []byte {
	size := 28 + len(body)
	p := []byte{0x45, 0, byte(size >> 8), byte(size), 0, 1, 0, 0, 64, 17, 0, 0}
	p = append(append(p, from.Addr().AsSlice()...), to.Addr().AsSlice()...)
	binary.BigEndian.PutUint16(p[10:], checksum(p))
	p = binary.BigEndian.AppendUint16(p, from.Port())
	p = binary.BigEndian.AppendUint16(p, to.Port())
	p = binary.BigEndian.AppendUint16(p, uint16(8+len(body)))
	return append(append(p, 0, 0), body...)
}

func spoof(nic, from, target, mac string) (string, error) {
	source, err := netip.ParseAddr(from)
	if err != nil {
		return "", err
	}
	to, err := netip.ParseAddrPort(target)
	if err != nil || !to.Addr().Is4() || !source.Is4() {
		return "", fmt.Errorf("wants IPv4 addresses: %q %q", from, target)
	}
	hardware := net.HardwareAddr(broadcast)
	if mac != "" {
		if hardware, err = net.ParseMAC(mac); err != nil {
			return "", err
		}
	}
	w, err := open(nic)
	if err != nil {
		return "", err
	}
	defer w.file.Close()
	packet := datagram(netip.AddrPortFrom(source, 4000), to, []byte("stand-in attack"))
	_, err = w.file.Write(ethernet(hardware, w.nic.HardwareAddr, 0x0800, packet))
	return "sent", err
}

func dhcp(ctx context.Context, nic string) (string, error) {
	w, err := open(nic)
	if err != nil {
		return "", err
	}
	defer w.file.Close()
	body := make([]byte, 236, 300)
	copy(body, []byte{1, 1, 6, 0, 0x5a, 0x5a, 0x5a, 0x5a, 0, 0, 0x80, 0})
	copy(body[28:], w.nic.HardwareAddr)
	body = append(body, 99, 130, 83, 99, 53, 1, 1, 255)
	from, to := netip.MustParseAddrPort("0.0.0.0:68"), netip.MustParseAddrPort("255.255.255.255:67")
	for range 3 {
		if _, err := w.file.Write(ethernet(broadcast, w.nic.HardwareAddr, 0x0800, datagram(from, to, body))); err != nil {
			return "", err
		}
		var server string
		found, err := w.wait(ctx, patience/2, func(f []byte) bool {
			if len(f) < 42 || binary.BigEndian.Uint16(f[12:]) != 0x0800 || f[23] != 17 || binary.BigEndian.Uint16(f[36:]) != 68 {
				return false
			}
			server = netip.AddrFrom4([4]byte(f[26:30])).String()
			return true
		})
		if found || err != nil {
			return "answered by " + server, err
		}
	}
	return "", nil
}

func listen(ctx context.Context, nic, seconds string, say func(string)) (string, error) {
	limit, err := strconv.Atoi(seconds)
	if err != nil || limit < 1 {
		return "", fmt.Errorf("wants seconds: %q", seconds)
	}
	w, err := open(nic)
	if err != nil {
		return "", err
	}
	defer w.file.Close()
	heard := 0
	_, err = w.wait(ctx, time.Duration(limit)*time.Second, func(f []byte) bool {
		heard++
		say(fmt.Sprintf("heard %s > %s type %04x %d bytes\n", net.HardwareAddr(f[6:12]), net.HardwareAddr(f[:6]), f[12:14], len(f)))
		return false
	})
	if heard == 0 {
		return "", err
	}
	return fmt.Sprintf("heard %d frames", heard), err
}
