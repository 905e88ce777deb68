package labs_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/doublehop/doublehop/labs"
)

func TestASecretCannotBePrinted(t *testing.T) {
	const value = "hunter2"
	secret := labs.NewSecretValue(value)
	holder := struct {
		Password labs.SecretValue
		Many     []labs.SecretValue
		ByName   map[string]labs.SecretValue
		Pointer  *labs.SecretValue
		unseen   labs.SecretValue
	}{secret, []labs.SecretValue{secret}, map[string]labs.SecretValue{"a": secret}, &secret, secret}

	var said []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%5s", "%p", "%t", "%e"} {
		said = append(said, fmt.Sprintf(verb, secret), fmt.Sprintf(verb, &secret), fmt.Sprintf(verb, holder))
	}
	asJSON, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	asXML, err := xml.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	zl := zerolog.New(&log)
	zl.Info().Interface("a", secret).Any("b", holder).Stringer("c", secret).Str("d", fmt.Sprint(secret)).Err(fmt.Errorf("with %v", secret)).Send()
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "a", secret, "b", holder)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "a", secret, "b", holder)
	said = append(said, string(asJSON), string(asXML), log.String(), errors.Join(fmt.Errorf("%v", secret)).Error(), secret.String(), secret.GoString())
	for _, s := range said {
		if strings.Contains(s, value) || strings.Contains(s, fmt.Sprintf("%x", value)) {
			t.Errorf("the secret is in %s", s)
		}
	}
	if !strings.Contains(string(asJSON), "(secret)") {
		t.Errorf("JSON is %s", asJSON)
	}
	if holder.unseen.Reveal() != value || secret.Empty() || !(labs.SecretValue{}).Empty() {
		t.Error("the secret does not come back out")
	}
}
