package unit

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Limits of a unit's text.
const (
	MaxBytes = 256
	maxDepth = 8
)

// Error says what is wrong with a unit's text.
type Error struct {
	Text    string // what was to be read, cut where it is too long
	At      int    // where in Text it is wrong, in characters from 0
	Message string // what is wrong
	Hint    string // what to write instead; may be empty
}

func (e *Error) Error() string {
	text := fmt.Sprintf("unit %q: %s", e.Text, e.Message)
	if e.Hint != "" {
		text += "; " + e.Hint
	}
	return text
}

// Parse reads a unit. Its error is an *Error. Spaces around the text are not part of it.
func Parse(text string) (Unit, error) { return known().parse(text) }

func (t *table) parse(text string) (u Unit, err error) {
	if len(text) > MaxBytes {
		cut := strings.ToValidUTF8(text[:32], "") + "..."
		return Unit{}, &Error{Text: cut, Message: fmt.Sprintf("%d bytes long; at most %d are read", len(text), MaxBytes)}
	}
	if !utf8.ValidString(text) {
		return Unit{}, &Error{Text: strings.ToValidUTF8(text, "?"), Message: "not UTF-8 text"}
	}
	text = strings.Trim(text, " ")
	p := parser{table: t, text: []rune(text)}
	u, failed := p.product(0)
	if failed == nil && p.at < len(p.text) {
		failed = p.wrong(p.at, "", "%q is out of place", p.text[p.at]) // a closing parenthesis
	}
	if failed != nil {
		failed.Text = text
		return Unit{}, failed
	}
	u.text = text
	return u, nil
}

type parser struct {
	table *table
	text  []rune
	at    int
}

func (p *parser) wrong(at int, hint, format string, args ...any) *Error {
	return &Error{At: at, Message: fmt.Sprintf(format, args...), Hint: hint}
}

func (p *parser) peek() rune {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

// spaces skips blanks and says whether there were any.
func (p *parser) spaces() bool {
	start := p.at
	for p.peek() == ' ' {
		p.at++
	}
	return p.at > start
}

// product reads factors up to the end or a closing parenthesis.
func (p *parser) product(depth int) (Unit, *Error) {
	p.spaces()
	if c := p.peek(); c == 0 && p.at == len(p.text) || c == ')' {
		return Unit{}, p.wrong(p.at, "write 1 where there is no dimension", "nothing stands where a unit is due")
	}
	u, err := p.factor(depth)
	divided := false
	for err == nil {
		blank := p.spaces()
		c, at := p.peek(), p.at
		var next Unit
		switch {
		case at == len(p.text) || c == ')':
			return u, nil
		case c == '*' || c == '·' || c == '⋅':
			p.at++
			p.spaces()
			if next, err = p.factor(depth); err == nil {
				u = u.Mul(next)
			}
		case c == '/':
			p.at++
			p.spaces()
			if next, err = p.factor(depth); err == nil {
				u = u.Div(next)
			}
			divided = true
		case !blank:
			err = p.wrong(at, "factors are parted by a space, *, · or /", "%q is out of place", c)
		case divided:
			err = p.wrong(at, "write a / before each factor of the divisor, or * for what is multiplied", "a factor after a space behind a / could be meant either way")
		default:
			if next, err = p.factor(depth); err == nil {
				u = u.Mul(next)
			}
		}
		if err == nil && u.invalid {
			err = p.wrong(at, "", "a power beyond ±%d", MaxPower)
		}
	}
	return Unit{}, err
}

// factor reads a symbol or a bracketed product with its power, or 1.
func (p *parser) factor(depth int) (Unit, *Error) {
	start := p.at
	if p.peek() == '(' {
		if depth == maxDepth {
			return Unit{}, p.wrong(start, "", "brackets nested deeper than %d", maxDepth)
		}
		p.at++
		u, err := p.product(depth + 1)
		if err != nil {
			return Unit{}, err
		}
		if p.peek() != ')' {
			return Unit{}, p.wrong(start, "", "the bracket is not closed")
		}
		p.at++
		return p.power(start, u, 1)
	}
	for isLetter(p.peek()) {
		p.at++
	}
	word := string(p.text[start:p.at])
	switch u, digits, ok := p.table.lookup(word); {
	case word == "":
		return Unit{}, p.noSymbol(start)
	case word == "1":
		if p.peek() == '^' || p.peek() == '-' {
			return Unit{}, p.wrong(start, "", "1 takes no power")
		}
		return Unit{}, nil
	case !ok:
		return Unit{}, p.unknown(start, word)
	case digits == "":
		return p.power(start, u, 1)
	case p.peek() == '^' || p.peek() == '-':
		return Unit{}, p.wrong(p.at, "", "%s has a power already", word)
	default:
		return p.raise(start, u, digits, 1)
	}
}

// power reads what may follow a symbol: ^2, ^-2, -2. Digits right behind the symbol were read with it.
func (p *parser) power(start int, u Unit, sign int) (Unit, *Error) {
	caret := p.peek() == '^'
	if caret {
		p.at++
	}
	if p.peek() == '-' {
		sign = -1
		p.at++
		caret = true
	}
	digits := p.at
	for c := p.peek(); c >= '0' && c <= '9'; c = p.peek() {
		p.at++
	}
	if digits == p.at {
		if caret {
			return Unit{}, p.wrong(digits, "such as m2, s-1 or m^3", "a whole number is due as the power")
		}
		return u, nil
	}
	return p.raise(start, u, string(p.text[digits:p.at]), sign)
}

func (p *parser) raise(start int, u Unit, digits string, sign int) (Unit, *Error) {
	if len(digits) > 1 || digits == "0" {
		return Unit{}, p.wrong(start, fmt.Sprintf("powers go from 1 to %d, or below 0 from -1 to -%d", MaxPower, MaxPower), "the power %s is not accepted", digits)
	}
	u = u.Pow(sign * int(digits[0]-'0'))
	if u.invalid {
		return Unit{}, p.wrong(start, "", "a power beyond ±%d", MaxPower)
	}
	return u, nil
}

// lookup finds a word as a symbol, or as a symbol with a power behind it: CO2e is a symbol, m2 is m squared.
func (t *table) lookup(word string) (u Unit, digits string, ok bool) {
	if u, ok = t.units[word]; ok {
		return u, "", true
	}
	symbol := strings.TrimRight(word, "0123456789")
	u, ok = t.units[symbol]
	return u, word[len(symbol):], ok && len(symbol) < len(word)
}

// noSymbol is the error where a symbol is due and something else stands.
func (p *parser) noSymbol(at int) *Error {
	if at == len(p.text) {
		return p.wrong(at, "", "a unit is due at the end")
	}
	return p.wrong(at, "", "%q stands where a unit is due", p.text[at])
}

// unknown is the error for a word that is no symbol, with the best hint at hand.
func (p *parser) unknown(at int, word string) *Error {
	t := p.table
	fail := func(hint string) *Error { return p.wrong(at, hint, "unknown unit %s", word) }
	stem := strings.TrimRight(word, "0123456789")
	if stem == "" {
		return p.wrong(at, "the number belongs to the value; a unit is made of symbols and 1", "%s is a number", word)
	}
	if before, after := strings.TrimSpace(string(p.text[:at])), strings.TrimSpace(string(p.text[p.at:])); word == "per" && before != "" && after != "" {
		return fail("write " + before + "/" + after)
	}
	for _, w := range []string{word, stem} {
		if symbols, ok := t.hints[w]; ok {
			power := word[len(w):]
			return fail("write " + strings.Join(symbols, power+" or ") + power)
		}
	}
	if strings.ContainsAny(word, "²³⁻¹") {
		return fail("write powers as m2, s-1 or m^3")
	}
	// FLOPS, TFLOPS: a rate.
	if u, ok := t.units[strings.TrimRight(word, "Sps")]; ok && strings.HasPrefix(strings.TrimLeft(word, "MGTPEZ"), "FLOP") && !u.invalid {
		symbol := strings.TrimRight(word, "Sps")
		return fail(fmt.Sprintf("write %s/s for a rate, %s for a count", symbol, symbol))
	}
	// kgCO2e: two symbols run together.
	for i := range word {
		head, tail := word[:i], word[i:]
		if _, ok := t.units[head]; !ok {
			continue
		}
		if other, ok := t.hints[tail]; ok {
			tail = other[0]
		}
		if _, ok := t.units[tail]; ok && len(tail) > 1 {
			return fail(fmt.Sprintf("write %s %s", head, tail))
		}
	}
	if len(word) > 1 {
		if near := diag.Nearest(word, t.symbols); near != "" && strings.EqualFold(near[:1], word[:1]) {
			return fail("did you mean " + near + "?")
		}
	}
	return fail("`ailca units` lists those that are known")
}

// isLetter says whether a character can stand in a symbol.
func isLetter(c rune) bool { return c == '_' || c == '%' || unicode.IsLetter(c) || unicode.IsNumber(c) }

func isSymbol(text string) bool {
	for _, c := range text {
		if !isLetter(c) {
			return false
		}
	}
	return text != "" && text == strings.TrimRight(text, "0123456789")
}
