package mail

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Web is the web site of a server: Outlook Web Access as far as a page answers,
// and the public folders over WebDAV, on Exchange 2000 and 2003. computer is the
// server's own name; up says whether Exchange's part of the site works.
func Web(do func(Order) (Content, error), computer string, up func() bool) http.Handler {
	site := http.NewServeMux()
	page := func(w http.ResponseWriter, _ *http.Request) {
		if !up() {
			http.Error(w, "Service Unavailable", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "Outlook Web Access (stand-in, not Microsoft Exchange)")
	}
	site.HandleFunc("/exchange/", page)
	site.HandleFunc("/owa/", page)
	site.HandleFunc("/public/", func(w http.ResponseWriter, r *http.Request) {
		if !up() {
			http.Error(w, "Service Unavailable", http.StatusServiceUnavailable)
			return
		}
		folder, post, _ := strings.Cut(strings.Trim(strings.TrimPrefix(r.URL.Path, "/public/"), "/"), "/")
		w.WriteHeader(dav(do, computer, r, folder, post))
	})
	return site
}

// dav answers with a status as WebDAV has them (RFC 2518).
func dav(do func(Order) (Content, error), computer string, r *http.Request, folder, post string) int {
	content, err := do(Order{Verb: "read"})
	if err != nil {
		return http.StatusServiceUnavailable
	}
	_, there := content.Folders[content.named(folder)]
	switch {
	case folder == "" || r.Method != "MKCOL" && !there:
		return http.StatusNotFound
	case r.Method == "MKCOL" && there:
		return http.StatusMethodNotAllowed
	case r.Method == "MKCOL":
		_, err = do(Order{Verb: "folder", Name: folder, Replicas: []string{computer}})
	case r.Method == http.MethodPut && post != "":
		var text []byte
		if text, err = io.ReadAll(io.LimitReader(r.Body, 16<<20)); err == nil {
			item := NewItem(text)
			item.ID = post
			_, err = do(Order{Verb: "folder", Name: folder, Items: []Item{item}})
		}
	case r.Method == "PROPFIND":
		return http.StatusMultiStatus
	default:
		return http.StatusNotImplemented
	}
	if err != nil {
		return http.StatusForbidden
	}
	return http.StatusCreated
}
