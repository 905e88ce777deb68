package libvirt

import (
	"encoding/binary"
	"strings"
	"testing"
)

// saved is a saved image's head and data as libvirt 9.0 writes them.
func saved(xml, cookie string, room int) []byte {
	b := make([]byte, savedHead+room)
	copy(b, savedMagic)
	binary.LittleEndian.PutUint32(b[atVersion:], savedVersion)
	binary.LittleEndian.PutUint32(b[atDataLen:], uint32(room))
	copy(b[savedHead:], xml)
	if cookie != "" {
		binary.LittleEndian.PutUint32(b[atCookie:], uint32(len(xml)+1))
		copy(b[savedHead+len(xml)+1:], cookie)
	}
	return b
}

func TestADefinitionIsReplacedAndTheRestOfASavedImageStays(t *testing.T) {
	for _, cookie := range []string{"", "<cookie/>"} {
		image, err := readSaved(saved("<domain/>", cookie, 200))
		if err != nil || image.xml != "<domain/>" || string(image.cookie) != cookie {
			t.Fatalf("read %+v, %v", image, err)
		}
		for _, xml := range []string{"<d/>", "<domain>" + strings.Repeat("x", 150) + "</domain>"} {
			b, err := image.with(xml)
			if err != nil || len(b) != savedHead+200 {
				t.Fatalf("%d bytes, %v", len(b), err)
			}
			again, err := readSaved(b)
			if err != nil || again.xml != xml || string(again.cookie) != cookie || again.room != 200 {
				t.Errorf("read back %+v, %v", again, err)
			}
		}
		if _, err := image.with(strings.Repeat("x", 200)); err == nil {
			t.Error("a definition that does not fit is written")
		}
	}
}

func TestASavedImageOfAnotherFormatIsRefused(t *testing.T) {
	whole := saved("<domain/>", "<cookie/>", 200)
	change := func(at int, value uint32) []byte {
		b := append([]byte(nil), whole...)
		binary.LittleEndian.PutUint32(b[at:], value)
		return b
	}
	for what, b := range map[string][]byte{
		"nothing": nil, "half a head": whole[:50], "half the data": whole[:150], "text": []byte(strings.Repeat("text", 100)),
		"not saved to its end": append([]byte(partialMagic), whole[len(partialMagic):]...),
		"version 3":            change(atVersion, 3), "no data": change(atDataLen, 0), "too much data": change(atDataLen, 1<<31),
		"a cookie in the definition": change(atCookie, 3), "a cookie behind the data": change(atCookie, 200),
		"a definition without an end": []byte(string(whole[:savedHead]) + strings.Repeat("x", 200)),
	} {
		if _, err := readSaved(b); err == nil {
			t.Errorf("%s is read", what)
		}
	}
}
