package command

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	store "github.com/doublehop/doublehop/e2e/standin/programs/mail"
)

// Post is what an Exchange server does all the time: the recipient update
// service finishes new mailboxes, and messages in the pickup folder are
// delivered. It says what went wrong; the next call tries again.
func (g *Guest) Post(ctx context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := &call{Guest: g, ctx: ctx}
	have, ok := releaseOf(g.Machine.Exchange)
	if !ok || g.Mail == nil || !g.Machine.Runs("MSExchangeIS") {
		return nil
	}
	d, err := c.open("")
	if err != nil {
		return err
	}
	defer d.Close()
	if have.year <= 2003 && g.Machine.Runs("MSExchangeSA") {
		err = errors.Join(err, c.stamp(d))
	}
	if folder, ok := c.pickup(have); ok {
		err = errors.Join(err, c.deliver(d, folder))
	}
	return err
}

// pickup is the folder that mail is taken out of, and whether the service that does so runs.
func (c *call) pickup(have release) (string, bool) {
	if have.year <= 2003 {
		return `C:\Program Files\Exchsrvr\Mailroot\vsi 1\PickUp`, c.Machine.Runs("SMTPSVC")
	}
	return laterFolder(have) + `\TransportRoles\Pickup`, c.Machine.Runs("MSExchangeTransport")
}

// stamp gives addresses to users who were given a mailbox, as the recipient
// update service does by the default recipient policy: the alias at the forest's
// root domain. It works where the directory has the service.
func (c *call) stamp(d Directory) error {
	root := d.Root().Value("rootDomainNamingContext")
	services, err := d.Search(directory.Query{
		Base: "CN=Microsoft Exchange,CN=Services,CN=Configuration," + root, Scope: directory.Subtree,
		Filter: "(objectClass=msExchAddressListService)", Wanted: []string{"cn"},
	})
	if err != nil || len(services) == 0 {
		return err
	}
	fresh, err := d.Search(directory.Query{
		Base: d.Root().Value("defaultNamingContext"), Scope: directory.Subtree,
		Filter: "(&(objectClass=user)(homeMDB=*)(mailNickname=*)(!(mail=*)))", Wanted: []string{"mailNickname", "homeMDB", "msExchHomeServerName"},
	})
	for _, user := range fresh {
		if user.Value("msExchHomeServerName") != "" {
			err = errors.Join(err, d.Modify(user.DN, addressed(user.Value("mailNickname"), domainName(root))))
		}
	}
	return err
}

// addressed is what makes a mailbox of a user complete.
func addressed(alias, domain string) []directory.Change {
	address := strings.ToLower(alias) + "@" + domain
	return slices.Concat(replacing("mail", address), replacing("proxyAddresses", "SMTP:"+address))
}

// domainName is the DNS name of a domain's distinguished name.
func domainName(dn string) string {
	return strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(strings.ToUpper(dn), ",DC=", "."), "DC=", ""))
}

// deliver takes messages out of a folder and puts them into mailboxes, on the
// server where each is. What nobody can have goes where refused mail goes.
func (c *call) deliver(d Directory, folder string) error {
	unix, err := c.Machine.Unix(`C:`, folder)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(unix)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() || !strings.EqualFold(filepath.Ext(e.Name()), ".eml") {
			continue
		}
		path := filepath.Join(unix, e.Name())
		text, bad := os.ReadFile(path)
		if bad == nil {
			bad = c.hand(d, text)
		}
		switch {
		case bad == nil:
			bad = os.Remove(path)
		case errors.Is(bad, errNobody):
			bad = os.Rename(path, refused(path))
		}
		err = errors.Join(err, bad)
	}
	return err
}

// refused is where a message goes that cannot be delivered: BadMail beside
// PickUp, or the file itself with another name from Exchange 2007 on.
func refused(path string) string {
	bad := filepath.Join(filepath.Dir(filepath.Dir(path)), "BadMail")
	if _, err := os.Stat(bad); err == nil {
		return filepath.Join(bad, filepath.Base(path))
	}
	return strings.TrimSuffix(path, filepath.Ext(path)) + ".BAD"
}

var errNobody = errors.New("the message names nobody who has a mailbox here")

// hand puts a message into the mailbox of each of its recipients.
func (c *call) hand(d Directory, text []byte) error {
	message, err := mail.ReadMessage(strings.NewReader(string(text)))
	if err != nil {
		return errNobody
	}
	item := store.NewItem(text)
	for _, head := range []string{"To", "Cc"} {
		list, err := message.Header.AddressList(head)
		if err != nil && !errors.Is(err, mail.ErrHeaderNotPresent) {
			return errNobody
		}
		for _, to := range list {
			found, err := d.Search(directory.Query{
				Base: d.Root().Value("defaultNamingContext"), Scope: directory.Subtree,
				Filter: "(&(proxyAddresses=smtp:" + to.Address + ")(homeMDB=*))", Wanted: []string{"msExchHomeServerName"},
			})
			if err != nil {
				return err
			}
			if len(found) != 1 {
				return errNobody
			}
			if _, err := c.order(d, homeOf(found[0]), store.Order{Verb: "mailbox", Name: found[0].DN, Items: []store.Item{item}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// homeOf is the computer of the server that a mailbox is on, by what stands
// behind the servers in msExchHomeServerName.
func homeOf(user directory.Entry) string {
	path := user.Value("msExchHomeServerName")
	return strings.ToUpper(path[strings.LastIndex(path, "=")+1:])
}

// addressMark begins the value of a server's networkAddress that other stand-in
// servers find its store by: the lab's DNS does not know members.
const addressMark = "standin_ip:"

// order gives an order to the store of a server, over the lab network where it is another.
func (c *call) order(d Directory, computer string, o store.Order) (store.Content, error) {
	if strings.EqualFold(computer, c.Machine.Computer) {
		return c.Mail.Do(o)
	}
	server, ok := serverNamed(d, computer)
	if !ok {
		return store.Content{}, fmt.Errorf("there is no server %s", computer)
	}
	address := ""
	for _, way := range server.Values("networkAddress") {
		if ip, is := strings.CutPrefix(way, addressMark); is {
			address = ip
		}
	}
	o.User, o.Password = c.Session.User, c.Session.Password
	return c.Peer(c.ctx, address, o)
}

// folderReplicas is what public folders still need this server.
func (c *call) folderReplicas() []string {
	if c.Mail == nil {
		return nil
	}
	for _, f := range c.Mail.Read().Folders {
		if slices.Equal(f.Replicas, []string{strings.ToUpper(c.Machine.Computer)}) {
			return []string{"The public folder store on this server holds the only replica of one or more public folders. Replicate the folders to another server before uninstalling this server"}
		}
	}
	return nil
}

// laterFolder is where Exchange 2010 and later are installed.
func laterFolder(r release) string {
	if r.year == 2010 {
		return `C:\Program Files\Microsoft\Exchange Server\V14`
	}
	return `C:\Program Files\Microsoft\Exchange Server\V15`
}

// Computer is the machine's name.
func (g *Guest) Computer() string { return g.Machine.Computer }

// Serves says whether a service of the machine runs.
func (g *Guest) Serves(name string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.Machine.Runs(name)
}

// MayAdminister says whether a user may give orders to the machine's store: one
// who is in Domain Admins, by the directory's word.
func (g *Guest) MayAdminister(user, password string) bool {
	c := &call{Guest: g, ctx: context.Background()}
	d, err := c.openAs("", user, password)
	if err != nil {
		return false
	}
	defer d.Close()
	dn := d.Root().Value("defaultNamingContext")
	group, _ := one(d, "CN=Domain Admins,CN=Users,"+dn, "member")
	return slices.ContainsFunc(group.Values("member"), func(m string) bool { return directory.Same(m, "CN="+user+",CN=Users,"+dn) })
}
