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

// longestLine is the most bytes kept of a line that does not end: more than
// any record with its prefix has.
const longestLine = 2 * longest

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

// flush ends the line at hand, and gives out what it holds.
func (s *splitter) flush() {
	line := s.held
	for len(line) > 0 {
		r, begin, end, ok := find(line)
		if !ok {
			s.log(line)
			break
		}
		s.log(line[:begin])
		s.emit(Line{Record: &r, Text: r.Text})
		line = line[end:]
	}
	s.held = s.held[:0]
}

// overflow gives out the first half of a line that does not end. A record
// that begins in it cannot be whole any more.
func (s *splitter) overflow() {
	half := len(s.held) / 2
	s.log(s.held[:half])
	s.held = s.held[:copy(s.held, s.held[half:])]
}

// log gives out text that is no record.
func (s *splitter) log(text []byte) {
	if len(text) == 0 {
		return
	}
	out := make([]byte, 0, len(text))
	for _, c := range text {
		out = show(out, c)
	}
	s.emit(Line{Text: string(out)})
}

// rest is the text of a line that has not ended yet.
func (s *splitter) rest() string {
	out := make([]byte, 0, len(s.held))
	for _, c := range s.held {
		out = show(out, c)
	}
	return string(out)
}
