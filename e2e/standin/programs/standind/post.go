package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/doublehop/doublehop/e2e/standin/programs/command"
	"github.com/doublehop/doublehop/e2e/standin/programs/mail"
)

// door is a port that answers while its service runs.
type door struct {
	at    []string // addresses: this machine's own, as other stand-ins may share a host in tests
	port  int
	open  func() bool
	serve func(net.Listener) error
	now   []net.Listener
}

// post is the life of a mail server: the store works each second, and ports
// answer while their services run.
func post(ctx context.Context, g *command.Guest) error {
	web := &http.Server{Handler: mail.Web(g.Mail.Do, g.Computer(), func() bool { return g.Serves("MSExchangeIS") }), ReadHeaderTimeout: 10 * time.Second}
	stores := &http.Server{Handler: mail.Answers(g.Mail.Do, g.MayAdminister), ReadHeaderTimeout: 10 * time.Second}
	doors := []*door{
		{port: 25, open: func() bool { return g.Serves("SMTPSVC") || g.Serves("MSExchangeTransport") }, serve: func(l net.Listener) error { return greet(l, g.Computer()) }},
		{port: 80, open: func() bool { return g.Serves("W3SVC") }, serve: web.Serve},
		{port: mail.Port, open: func() bool { return g.Serves("MSExchangeIS") }, serve: stores.Serve},
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	said := ""
	for {
		for _, d := range doors {
			d.at = []string{"127.0.0.1", g.Machine.IP()}
			d.turn(ctx)
		}
		if err := g.Post(ctx); err != nil && err.Error() != said {
			said = err.Error()
			fmt.Fprintln(os.Stderr, "standind: mail:", err)
		}
		select {
		case <-ctx.Done():
			for _, d := range doors {
				d.close()
			}
			return nil
		case <-tick.C:
		}
	}
}

// turn opens or closes the door as its service is.
func (d *door) turn(ctx context.Context) {
	if !d.open() {
		d.close()
		return
	}
	if d.now != nil {
		return
	}
	for _, at := range d.at {
		if at == "" {
			continue
		}
		var config net.ListenConfig
		l, err := config.Listen(ctx, "tcp4", net.JoinHostPort(at, strconv.Itoa(d.port)))
		if err != nil {
			d.close()
			return // the next turn tries again
		}
		d.now = append(d.now, l)
		go func() {
			if err := d.serve(l); err != nil && !errors.Is(err, net.ErrClosed) {
				fmt.Fprintf(os.Stderr, "standind: port %d: %v\n", d.port, err)
			}
		}()
	}
}

func (d *door) close() {
	for _, l := range d.now {
		_ = l.Close()
	}
	d.now = nil
}

// greet speaks enough SMTP (RFC 5321) to be known for a mail server. It takes no mail.
func greet(l net.Listener, computer string) error {
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer c.Close()
			_ = c.SetDeadline(time.Now().Add(time.Minute))
			fmt.Fprintf(c, "220 %s Microsoft ESMTP MAIL Service (stand-in) ready\r\n", strings.ToLower(computer))
			lines := bufio.NewScanner(c)
			for lines.Scan() {
				switch verb, _, _ := strings.Cut(strings.ToUpper(lines.Text()), " "); verb {
				case "EHLO", "HELO":
					fmt.Fprintf(c, "250 %s Hello\r\n", strings.ToLower(computer))
				case "QUIT":
					fmt.Fprint(c, "221 2.0.0 Service closing transmission channel\r\n")
					return
				case "NOOP", "RSET":
					fmt.Fprint(c, "250 2.0.0 OK\r\n")
				default:
					fmt.Fprint(c, "500 5.3.3 Unrecognized command\r\n")
				}
			}
		}()
	}
}
