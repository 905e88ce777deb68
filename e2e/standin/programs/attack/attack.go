// Package attack is what a guest tries against a sealed network: it takes
// addresses, asks ARP, and sends UDP and TCP over IPv4 and IPv6, and tells what
// came back.
//
// Floor 5. It runs inside a stand-in guest, as root, on the guest's own NIC; it
// promises to try what it is told and to report silence as silence.
package attack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Exit codes of a try.
const (
	Answered = 0 // something came back
	Silence  = 1 // nothing came back
	Unable   = 2 // it could not be tried at all
)

// Usage lists the tries.
const Usage = `attack take ADDRESS/LEN          take an address on the lab NIC (IPv4 or IPv6)
attack route                     route everything through the lab NIC
attack arp ADDRESS [FROM]        ask ARP who has ADDRESS, as FROM (default the lab address)
attack neighbour ADDRESS         ask IPv6 neighbours who has ADDRESS
attack udp HOST:PORT [FROM]      send datagrams and wait for an answer or a refusal
attack tcp HOST:PORT [FROM]      connect
attack spoof FROM TO:PORT [MAC]  send a UDP frame with a false source address (and target MAC, default broadcast)
attack dhcp                      ask for a DHCP address
attack listen SECONDS            print the frames that others send
Exit code: 0 something came back, 1 nothing did, 2 it could not be tried.
`

// patience is how long a try waits for an answer.
const patience = 2 * time.Second

// Run tries what args say on the NIC and prints what happened through say.
func Run(ctx context.Context, nic string, args []string, say func(string)) int {
	if len(args) == 0 {
		say(Usage)
		return Unable
	}
	verb := strings.ToLower(args[0])
	arg := func(i int) string {
		if i < len(args) {
			return args[i]
		}
		return ""
	}
	var result string
	var err error
	switch verb {
	case "take":
		result, err = take(nic, arg(1))
	case "route":
		result, err = route(nic)
	case "arp":
		result, err = arp(ctx, nic, arg(1), arg(2))
	case "neighbour":
		result, err = neighbour(ctx, nic, arg(1))
	case "udp":
		result, err = udp(ctx, nic, arg(1), arg(2))
	case "tcp":
		result, err = tcp(ctx, nic, arg(1), arg(2))
	case "spoof":
		result, err = spoof(nic, arg(1), arg(2), arg(3))
	case "dhcp":
		result, err = dhcp(ctx, nic)
	case "listen":
		result, err = listen(ctx, nic, arg(1), say)
	default:
		say(Usage)
		return Unable
	}
	name := strings.Join(args, " ")
	if err != nil {
		say(fmt.Sprintf("attack %s: unable: %v\n", name, err))
		return Unable
	}
	if result == "" {
		say(fmt.Sprintf("attack %s: silence\n", name))
		return Silence
	}
	say(fmt.Sprintf("attack %s: %s\n", name, result))
	return Answered
}

// outcome sorts a network error: a refusal is an answer, a timeout is silence, "no
// route" after asking in vain is silence too.
func outcome(err error) (string, error) {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused", nil
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, context.DeadlineExceeded):
		return "", nil
	}
	return "", err
}

// zoned adds the NIC to a link-local IPv6 target.
func zoned(nic, target string) (string, error) {
	host, port, err := net.SplitHostPort(target)
	if err != nil {
		return "", err
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.Zone() == "" && (ip.IsLinkLocalUnicast() || ip.IsLinkLocalMulticast()) && ip.Is6() {
		host = ip.WithZone(nic).String()
	}
	return net.JoinHostPort(host, port), nil
}

func dialer(nic, network, from string) (*net.Dialer, error) {
	d := &net.Dialer{Timeout: patience, Control: func(_, _ string, raw syscall.RawConn) error {
		var bound error
		err := raw.Control(func(fd uintptr) {
			bound = errors.Join(syscall.BindToDevice(int(fd), nic),
				syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_BROADCAST, 1))
		})
		return errors.Join(err, bound)
	}}
	if from == "" {
		return d, nil
	}
	ip, err := netip.ParseAddr(from)
	if err != nil {
		return nil, err
	}
	if network == "udp" {
		d.LocalAddr = net.UDPAddrFromAddrPort(netip.AddrPortFrom(ip, 0))
	} else {
		d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(ip, 0))
	}
	return d, nil
}

func tcp(ctx context.Context, nic, target, from string) (string, error) {
	target, err := zoned(nic, target)
	if err != nil {
		return "", err
	}
	d, err := dialer(nic, "tcp", from)
	if err != nil {
		return "", err
	}
	c, err := d.DialContext(ctx, "tcp", target)
	if err != nil {
		return outcome(err)
	}
	return "connected", c.Close()
}

func udp(ctx context.Context, nic, target, from string) (string, error) {
	target, err := zoned(nic, target)
	if err != nil {
		return "", err
	}
	d, err := dialer(nic, "udp", from)
	if err != nil {
		return "", err
	}
	c, err := d.DialContext(ctx, "udp", target)
	if err != nil {
		return outcome(err)
	}
	defer c.Close()
	answer := make([]byte, 1500)
	for range 3 {
		if _, err := c.Write([]byte("stand-in attack")); err != nil {
			if said, err := outcome(err); said != "" || err != nil {
				return said, err
			}
		}
		if err := c.SetReadDeadline(time.Now().Add(patience / 3)); err != nil {
			return "", err
		}
		n, err := c.Read(answer)
		if err == nil {
			return "answered with " + strconv.Itoa(n) + " bytes", nil
		}
		if said, err := outcome(err); said != "" || err != nil {
			return said, err
		}
	}
	return "", nil
}
