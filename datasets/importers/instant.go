package importers

import (
	"bytes"
	"strings"
	"time"
)

// instant reads a time as tools write it: with T or a space, with or without fraction and zone; without a zone it is UTC.
func instant(text string) (time.Time, bool) {
	for _, form := range []string{"2006-01-02T15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02"} {
		if t, err := time.Parse(form, text); err == nil {
			return t, t.Year() >= 1 && t.Year() <= 9999
		}
	}
	return time.Time{}, false
}

// dayMemo reads the days of times. Most times of a log have the day of the one before, and are of one form.
type dayMemo struct {
	text string // the day as it was written last
	day  float64
}

// of is the day of a time in UTC, in days since 1970.
func (m *dayMemo) of(written []byte) (float64, bool) {
	if m.text != "" && len(written) >= 19 && string(written[:10]) == m.text && isClock(written[10:]) {
		return m.day, true
	}
	text := string(written)
	t, ok := instant(text)
	if !ok {
		return 0, false
	}
	day := dayOf(t)
	if len(text) >= 19 && isClock(written[10:]) {
		m.text, m.day = text[:10], day
	}
	return day, true
}

// isClock reports whether a text is a time of day in UTC, behind T or a space: 10:39:13, with or without a fraction of at most nine digits and Z or +00:00. A leap second is none.
func isClock(text []byte) bool {
	if len(text) < 9 || text[0] != 'T' && text[0] != ' ' || text[3] != ':' || text[6] != ':' {
		return false
	}
	two := func(at int, below byte) bool {
		a, b := text[at]-'0', text[at+1]-'0'
		return a <= 9 && b <= 9 && a*10+b < below
	}
	if !two(1, 24) || !two(4, 60) || !two(7, 60) {
		return false
	}
	rest := text[9:]
	if cut, ok := bytes.CutSuffix(rest, []byte("+00:00")); ok {
		rest = cut
	} else if len(rest) > 0 && rest[len(rest)-1] == 'Z' {
		rest = rest[:len(rest)-1]
	}
	if len(rest) == 0 {
		return true
	}
	if rest[0] != '.' || len(rest) < 2 || len(rest) > 10 {
		return false
	}
	for i := 1; i < len(rest); i++ {
		if rest[i]-'0' > 9 {
			return false
		}
	}
	return true
}

// dateOfDay writes a day, in days since 1970.
func dateOfDay(day float64) string { return time.Unix(int64(day*86400), 0).UTC().Format(time.DateOnly) }

// dateParts are what a form of dates is made of, as people write it and as package time does. A day and a month in one letter may have one digit or two.
var dateParts = []struct{ written, layout string }{
	{"YYYY", "2006"}, {"MM", "01"}, {"DD", "02"}, {"hh", "15"}, {"mm", "04"}, {"ss", "05"}, {"M", "1"}, {"D", "2"},
}

// dateLayout is a form such as DD.MM.YYYY hh:mm as package time has it; false where it has no year, month and day, or something twice, or what is no part of a date.
func dateLayout(form string) (layout string, ok bool) {
	has := map[string]int{}
parts:
	for rest := form; rest != ""; {
		for _, p := range dateParts {
			if after, is := strings.CutPrefix(rest, p.written); is {
				layout, rest = layout+p.layout, after
				has[p.written[:1]]++
				continue parts
			}
		}
		if strings.IndexByte(" ./-:,T", rest[0]) < 0 {
			return "", false
		}
		layout, rest = layout+rest[:1], rest[1:]
	}
	return layout, has["Y"] == 1 && has["M"] == 1 && has["D"] == 1 && has["h"] <= 1 && has["m"] <= 1 && has["s"] <= 1
}
