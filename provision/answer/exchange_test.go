package answer_test

import (
	"strings"
	"testing"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/answer"
)

func TestExchangeGoldens(t *testing.T) {
	t.Parallel()
	first := answer.Exchange{Organization: "Contoso", ProductKey: labs.NewSecretValue("AAAAA-BBBBB")}
	first.Text = "[Mine]\nOrg=@ORGANIZATION@\r\nKey=@PRODUCT_KEY@\nMail=a@b.c\nTo=@FOLDER@, @GROUP@\n"
	group := first
	group.Group, group.Folder = "Berlin", `D:\Exchsrvr`
	for name, e := range map[string]answer.Exchange{
		"exchange-group.ini": group, "exchange-recorded.ini": first,
	} {
		f, diags := answer.ExchangeSetup(e)
		if len(diags) != 0 {
			t.Fatalf("%s: %+v", name, diags)
		}
		golden(t, name, f.Masked())
		read, err := parseBoth(string(f.Reveal()))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if read["mine"]["key"] != "AAAAA-BBBBB" {
			t.Errorf("%s: %v", name, read)
		}
	}
}

func TestExchangeRefuses(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]answer.Exchange{
		`"Contoso, Ltd" has`:    {Organization: "Contoso, Ltd"},
		"must have 1 to 64":     {},
		"no absolute path":      {Organization: "C", Folder: "Exchsrvr"},
		"Line 2 has a sign":     {Organization: "C", Text: "[A]\nB=ü\n"},
		"@PASSWORD@ is none":    {Organization: "C", Text: "[A]\nB=@PASSWORD@\n"},
		"there is no value for": {Organization: "C", Text: "[A]\nB=@PRODUCT_KEY@\n"},
		"cannot be filled in":   {Organization: "C", Text: "@PRODUCT_KEY@\n", ProductKey: labs.NewSecretValue("%")},
	} {
		f, diags := answer.ExchangeSetup(e)
		said := ""
		for _, d := range diags {
			said += d.Summary + "\n" + d.Detail + "\n"
		}
		if !diags.Fatal() || len(f.Reveal()) != 0 || !strings.Contains(said, want) {
			t.Errorf("want %q, said %q", want, said)
		}
	}
}
