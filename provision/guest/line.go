package guest

// Line is something that came from the port.
type Line struct {
	// Record is nil for text that is not from the runner: firmware, loaders, noise.
	Record *Record
	// Text is the record's text, or the line itself: printable ASCII and tabs.
	Text string
	// Lost is how many records are missing just before this one.
	Lost int
}

// longestLine is the most bytes held of a line that does not end. A record
// that begins in its first half and is not whole by then has lost its end.
const longestLine = 4 * longest

// splitter cuts a stream into records and log text. It holds at most
// longestLine bytes whatever comes.
type splitter struct {
	held []byte
	emit func(Line)
}

// feed takes the next bytes of the stream.
func (s *splitter) feed(p []byte) {
	for _, c := range p {
		if c == '\n' || c == '\r' {
			s.flush()
			continue
		}
		s.held = append(s.held, c)
		if len(s.held) == longestLine {
			s.overflow()
		}
	}
}

// flush ends the line at hand and gives out what it holds.
func (s *splitter) flush() {
	s.give(len(s.held))
	s.held = s.held[:0]
}

// overflow gives out the first half of a line that does not end.
func (s *splitter) overflow() {
	s.held = s.held[:copy(s.held, s.held[s.give(len(s.held)/2):])]
}

// give gives out the records that begin in the first part bytes held, and the
// text around them. It tells how many bytes that was.
func (s *splitter) give(part int) int {
	at := 0
	for at < part {
		r, begin, end, ok := find(s.held[at:])
		if !ok || at+begin >= part {
			s.log(s.held[at:part])
			return part
		}
		s.log(s.held[at : at+begin])
		s.emit(Line{Record: &r, Text: r.Text})
		at += end
	}
	return at
}

// log gives out text that is no record.
func (s *splitter) log(text []byte) {
	if len(text) > 0 {
		s.emit(Line{Text: printable(text)})
	}
}

// printable shows text in a form that no terminal takes as a command.
func printable(text []byte) string {
	out := make([]byte, 0, len(text))
	for _, c := range text {
		out = show(out, c)
	}
	return string(out)
}
