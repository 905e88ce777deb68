package catalog

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// person is a user that a lab makes up.
type person struct {
	given, surname string
	// alias is the logon name and the local part of the address.
	alias string
	// display is unique in its crowd.
	display string
}

// stream gives numbers that depend on a seed and on nothing else, in every
// version of Go and on every host.
type stream struct {
	seed  string
	count uint64
	rest  []byte
}

// next is a number from 0 up to most.
func (s *stream) next(most int) int {
	if len(s.rest) < 8 {
		var number [8]byte
		binary.BigEndian.PutUint64(number[:], s.count)
		s.count++
		sum := sha256.Sum256(append([]byte(s.seed+"\x00"), number[:]...))
		s.rest = sum[:]
	}
	n := binary.BigEndian.Uint64(s.rest)
	s.rest = s.rest[8:]
	return int(n % uint64(most+1)) //nolint:gosec // smaller than most, which is an int
}

// pick is one of a list.
func (s *stream) pick(list []string) string { return list[s.next(len(list)-1)] }

// crowd makes up count people from a seed. A longer crowd of the same seed
// begins with the shorter one.
func crowd(seed string, count int) []person {
	given, surnames := strings.Fields(givenNames), strings.Fields(familyNames)
	people := make([]person, count)
	for i := range people {
		s := &stream{seed: fmt.Sprintf("person\x00%s\x00%d", seed, i)}
		p := person{given: s.pick(given), surname: s.pick(surnames)}
		p.alias = fmt.Sprintf("%s%s%03d", strings.ToLower(p.given[:1]), strings.ToLower(p.surname), i+1)
		p.display = fmt.Sprintf("%s %s %03d", p.given, p.surname, i+1)
		people[i] = p
	}
	return people
}

const (
	givenNames = "Ada Alan Alice Andre Anna Arthur Barbara Ben Boris Carla Carlos Clara Daniel Dora Edith Emil Emma Eric Eva Felix Frank Grace Greta Hanna Hans Hugo " +
		"Ida Igor Irene Ivan Jack Jane Joan John Julia Karl Kate Klara Lars Laura Lea Leo Lisa Louis Lucy Marc Maria Mia Nadia Nina Nora Olga Oscar Otto Paul Paula Peter " +
		"Rita Rosa Ruth Sam Sara Sofia Stefan Theo Tina Tom Vera Victor Walter"
	familyNames = "Abel Adler Allen Baker Bauer Becker Berg Blake Brandt Brown Carter Clark Cole Cook Cooper Davis Dietz Ellis Engel Evans Fischer Fisher Foster Frank Gray " +
		"Green Haas Hall Hansen Harris Hill Hoffman Howard Hughes Jansen Jensen Jones Keller King Klein Koch Kraus Lange Larsen Lee Lewis Long Mason Meyer Miller Moore Morgan " +
		"Nelson Olsen Parker Peters Reed Richter Rogers Ross Scott Simon Smith Stein Taylor Turner Vogel Wagner Walker Ward Weber White Winter Wolf Wood Young Ziegler"
)

// crowdOf is the crowd that a step means.
func crowdOf(step *labs.Step) []person {
	count, _ := step.Args["count"].(int64)
	return crowd(step.Text("seed"), int(max(0, min(count, mostMailboxes))))
}

// unitOf is the organizational unit that a step's users stand in.
func unitOf(step *labs.Step) string {
	if unit := step.Text("ou"); unit != "" {
		return unit
	}
	return usualUnit
}
