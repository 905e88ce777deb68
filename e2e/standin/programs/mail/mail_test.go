package mail

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestFoldersOverTheWeb(t *testing.T) {
	folder := t.TempDir()
	s, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	up := true
	site := Web(s.Do, "EX01", func() bool { return up })
	ask := func(want int, method, path, body string) {
		t.Helper()
		w := httptest.NewRecorder()
		site.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
		if w.Code != want {
			t.Errorf("%s %s: %d, not %d", method, path, w.Code, want)
		}
	}
	ask(200, "GET", "/exchange/", "")
	ask(404, "GET", "/nothing/", "")
	ask(404, "PROPFIND", "/public/Old%20Mail/", "")
	ask(404, "PUT", "/public/Old%20Mail/First.EML", "x")
	ask(201, "MKCOL", "/public/Old%20Mail", "")
	ask(405, "MKCOL", "/public/old%20mail", "")
	ask(201, "PUT", "/public/Old%20Mail/First.EML", "Subject: x\r\n\r\ny\r\n")
	ask(207, "PROPFIND", "/public/Old%20Mail/", "")
	if _, err := s.Do(Order{Verb: "lock"}); err != nil {
		t.Fatal(err)
	}
	ask(403, "PUT", "/public/Old%20Mail/Second.EML", "x")
	up = false
	ask(503, "GET", "/exchange/", "")
	again, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	if got := again.Read(); len(got.Folders["Old Mail"].Items) != 1 || !got.Locked || got.Folders["Old Mail"].Replicas[0] != "EX01" {
		t.Errorf("kept %v", got)
	}
}

func TestStoresSpeakToThoseWhoMay(t *testing.T) {
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	site := Answers(s.Do, func(user, password string) bool { return user == "a" && password == "b" })
	ask := func(want int, body string) {
		t.Helper()
		w := httptest.NewRecorder()
		site.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body)))
		if w.Code != want {
			t.Errorf("%s: %d, not %d", body, w.Code, want)
		}
	}
	ask(400, "x")
	ask(403, `{"User":"a","Verb":"read"}`)
	ask(409, `{"User":"a","Password":"b","Verb":"fly"}`)
	const put = `{"User":"a","Password":"b","Verb":"mailbox","Name":"CN=X","Items":[{"id":"<1>"}]}`
	ask(200, put)
	ask(200, put)
	if got := s.Read().Mailboxes["cn=x"]; len(got) != 1 {
		t.Errorf("the mailbox has %v", got)
	}
	ask(200, `{"User":"a","Password":"b","Verb":"drop-mailbox","Name":"CN=X"}`)
	if got := s.Read().Mailboxes; len(got) != 0 {
		t.Errorf("left %v", got)
	}
}
