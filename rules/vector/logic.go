package vector

// isNil looks at validity alone.
func (m *Machine) isNil(a *Vec, v *Vec, own *memory) {
	if a.full() || a.Const {
		v.Const, v.Flag = true, a.Const && a.Nil
		return
	}
	v.Bits = grow(&own.bits, words64(m.rows))
	for w := range v.Bits {
		v.Bits[w] = m.in(w) &^ a.Valid[w]
	}
}

func (m *Machine) not(a *Vec, v *Vec, own *memory) {
	if strict(v, a) {
		return
	}
	if a.Const {
		v.Const, v.Flag = true, !a.Flag
		return
	}
	v.Valid = a.Valid
	v.Bits = grow(&own.bits, words64(m.rows))
	for w := range v.Bits {
		_, no := a.truth(w)
		v.Bits[w] = no & m.in(w)
	}
}

// logic is three-valued: a decided side decides whatever the other is. A second side that nothing depends on is not looked at.
func (m *Machine) logic(op Op, a *Vec, second *Expr, v *Vec, own *memory) {
	decides := func(x *Vec) bool { return x.Const && !x.Nil && x.Flag == (op == Or) }
	if decides(a) {
		v.Const, v.Flag = true, a.Flag
		return
	}
	b := m.Eval(second)
	switch {
	case decides(b):
		v.Const, v.Flag = true, b.Flag
		return
	case a.Const && b.Const:
		v.Const, v.Nil, v.Flag = true, a.Nil || b.Nil, !a.Nil && !b.Nil && op == And
		return
	}
	v.Bits = grow(&own.bits, words64(m.rows))
	if !a.full() || !b.full() {
		v.Valid = grow(&own.valid, words64(m.rows))
	}
	for w := range v.Bits {
		yes, no := combine(op, a, b, w)
		v.Bits[w] = yes & m.in(w)
		if v.Valid != nil {
			v.Valid[w] = (yes | no) & m.in(w)
		}
	}
}

// combine gives the 64 rows of a word in which both or either of two sides are true, and in which that is false.
func combine(op Op, a, b *Vec, w int) (yes, no uint64) {
	yesA, noA := a.truth(w)
	yesB, noB := b.truth(w)
	if op == And {
		return yesA & yesB, noA | noB
	}
	return yesA | yesB, noA & noB
}
