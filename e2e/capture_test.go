package e2e_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// capture reads every frame that this host receives or sends on some of its
// devices.
type capture struct {
	mu     sync.Mutex
	frames []frame
	count  map[string]int // of all frames, by device

	devices map[int]string
	keep    func(frame) bool
	file    *os.File
	done    chan struct{}
}

type frame struct {
	device string
	sent   bool // by this host
	bytes  []byte
}

// listenOn captures on devices what keep likes, until the test ends.
func listenOn(t *testing.T, devices []string, keep func(frame) bool) *capture {
	t.Helper()
	c := &capture{devices: map[int]string{}, count: map[string]int{}, keep: keep, done: make(chan struct{})}
	for _, name := range devices {
		device, err := net.InterfaceByName(name)
		if err != nil {
			t.Fatal(err)
		}
		c.devices[device.Index] = name
	}
	all := binary.NativeEndian.Uint16([]byte{unix.ETH_P_ALL >> 8, unix.ETH_P_ALL & 255})
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, int(all))
	if err != nil {
		t.Fatal(err)
	}
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 32<<20) // else busy hosts lose frames
	c.file = os.NewFile(uintptr(fd), "capture")
	go c.read()
	t.Cleanup(func() {
		_ = c.file.Close()
		<-c.done
	})
	return c
}

func (c *capture) read() {
	defer close(c.done)
	raw, err := c.file.SyscallConn()
	if err != nil {
		return
	}
	buffer := make([]byte, 1<<16)
	for {
		var n int
		var from unix.Sockaddr
		var one error
		err := raw.Read(func(fd uintptr) bool {
			n, from, one = unix.Recvfrom(int(fd), buffer, 0)
			return !errors.Is(one, unix.EAGAIN)
		})
		if err != nil || one != nil {
			return // closed
		}
		at, ok := from.(*unix.SockaddrLinklayer)
		if !ok || c.devices[at.Ifindex] == "" {
			continue
		}
		f := frame{c.devices[at.Ifindex], at.Pkttype == unix.PACKET_OUTGOING, buffer[:n]}
		c.mu.Lock()
		c.count[f.device]++
		if c.keep(f) && len(c.frames) < 200 {
			f.bytes = bytes.Clone(f.bytes)
			c.frames = append(c.frames, f)
		}
		c.mu.Unlock()
	}
}

// kept gives what was kept so far, and forgets it.
func (c *capture) kept() []frame {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := c.frames
	c.frames = nil
	return list
}

// String shows a frame's head.
func (f frame) String() string {
	way := "received"
	if f.sent {
		way = "sent"
	}
	return fmt.Sprintf("%s %s %x", f.device, way, f.bytes[:min(len(f.bytes), 60)])
}

// inside says whether a frame is ARP or IPv4 between two addresses of a subnet.
func (f frame) inside(subnet netip.Prefix) bool {
	from, to, ok := f.ends()
	return ok && subnet.Contains(from) && subnet.Contains(to)
}

// igmp says whether this host told its neighbours to which groups it listens:
// the test's own socket makes it do so.
func (f frame) igmp() bool {
	return f.sent && len(f.bytes) > 23 && binary.BigEndian.Uint16(f.bytes[12:]) == unix.ETH_P_IP && f.bytes[23] == unix.IPPROTO_IGMP
}

// ends are a frame's addresses, of ARP and IPv4.
func (f frame) ends() (from, to netip.Addr, ok bool) {
	if len(f.bytes) < 34 {
		return from, to, false
	}
	body := f.bytes[14:]
	switch binary.BigEndian.Uint16(f.bytes[12:]) {
	case unix.ETH_P_ARP:
		if len(body) >= 28 {
			return netip.AddrFrom4([4]byte(body[14:18])), netip.AddrFrom4([4]byte(body[24:28])), true
		}
	case unix.ETH_P_IP:
		return netip.AddrFrom4([4]byte(body[12:16])), netip.AddrFrom4([4]byte(body[16:20])), true
	}
	return from, to, false
}

// ears are sockets of this host that anything may reach: UDP and TCP, on all
// addresses of both families.
type ears struct {
	udp, tcp int

	mu    sync.Mutex
	heard []string
	group sync.WaitGroup
}

func openEars(t *testing.T) *ears {
	t.Helper()
	e := &ears{}
	packets, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp", "[::]:0") // IPv4 too
	if err != nil {
		t.Fatal(err)
	}
	streams, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "[::]:0")
	if err != nil {
		t.Fatal(err)
	}
	e.udp, e.tcp = packets.LocalAddr().(*net.UDPAddr).Port, streams.Addr().(*net.TCPAddr).Port
	join(t, packets.(*net.UDPConn))
	e.group.Go(func() { e.datagrams(packets) })
	e.group.Go(func() { e.connections(streams) })
	t.Cleanup(func() {
		_ = errors.Join(packets.Close(), streams.Close())
		e.group.Wait()
	})
	return e
}

// join has the socket listen to a multicast group on every device.
func join(t *testing.T, c *net.UDPConn) {
	t.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	devices, _ := net.Interfaces()
	for _, d := range devices {
		_ = raw.Control(func(fd uintptr) { // devices that cannot are no way in either
			_ = unix.SetsockoptIPMreqn(int(fd), unix.IPPROTO_IP, unix.IP_ADD_MEMBERSHIP,
				&unix.IPMreqn{Multiaddr: [4]byte{239, 7, 7, 7}, Ifindex: int32(d.Index)})
		})
	}
}

func (e *ears) datagrams(c net.PacketConn) {
	buffer := make([]byte, 2048)
	for {
		n, from, err := c.ReadFrom(buffer)
		if err != nil {
			return
		}
		e.hear(fmt.Sprintf("a datagram from %s: %q", from, buffer[:n]))
		if from.(*net.UDPAddr).IP.IsLoopback() { // an answer to a made-up address would go to whoever has it
			_, _ = c.WriteTo([]byte("heard"), from)
		}
	}
}

func (e *ears) connections(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		e.hear("a connection from " + c.RemoteAddr().String())
		_ = c.Close()
	}
}

func (e *ears) hear(what string) {
	e.mu.Lock()
	e.heard = append(e.heard, what)
	e.mu.Unlock()
}

// told gives what was heard so far, and forgets it.
func (e *ears) told() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := e.heard
	e.heard = nil
	return list
}

// proof that the ears hear: the host speaks to itself.
func (e *ears) try(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	for network, port := range map[string]int{"udp": e.udp, "tcp": e.tcp} {
		c, err := new(net.Dialer).DialContext(ctx, network, fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Write([]byte("hello"))
		if network == "udp" {
			_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
			_, _ = c.Read(make([]byte, 10))
		}
		_ = c.Close()
	}
	var list []string
	for deadline := time.Now().Add(30 * time.Second); len(list) < 2 && time.Now().Before(deadline); {
		list = append(list, e.told()...)
		select {
		case <-t.Context().Done():
		case <-time.After(10 * time.Millisecond): // the listeners tell nobody
		}
	}
	if len(list) != 2 {
		t.Fatalf("the listeners are deaf: %v", list)
	}
}

// hostAddress is an address of this host on a device.
type hostAddress struct {
	device string
	prefix netip.Prefix
}

// hostAddresses are this host's addresses, but for loopback's and those on
// ports of a lab's bridge.
func hostAddresses(t *testing.T) []hostAddress {
	t.Helper()
	devices, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	var list []hostAddress
	for _, d := range devices {
		if d.Flags&net.FlagLoopback != 0 || strings.HasPrefix(d.Name, "vnet") || d.Flags&net.FlagUp == 0 {
			continue
		}
		addresses, _ := d.Addrs()
		for _, a := range addresses {
			if p, err := netip.ParsePrefix(a.String()); err == nil {
				list = append(list, hostAddress{d.Name, p})
			}
		}
	}
	return list
}

// outside are the devices over which this host reaches others.
func outside(addresses []hostAddress) []string {
	list := []string{"lo"}
	for _, a := range addresses {
		if !slices.Contains(list, a.device) {
			list = append(list, a.device)
		}
	}
	return list
}
