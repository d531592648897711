package rules

// dense remembers a number, from 1, for each pair of a name's number and a second key. Names' numbers are small and few in most inventories: they
// index a table, one for each second key. What would make the tables large is remembered in a map.
type dense struct {
	tables map[int64]*[]int32
	recent [16]struct {
		key   int64
		table *[]int32
	}
	size   int // entries of all tables
	beyond map[[2]int64]int32
}

// maxDense is up to which name's number a table goes, maxTables how many entries all tables have: an inventory of many names in many combinations
// must not grow them.
const (
	maxDense  = 1 << 16
	maxTables = 1 << 20
)

// table is that of a second key. A name's entry stands at its number + 1, for amounts.None is -1; 0 or no entry says that nothing is remembered.
func (d *dense) table(key int64) *[]int32 {
	r := &d.recent[uint64(key)%uint64(len(d.recent))]
	if r.table != nil && r.key == key {
		return r.table
	}
	t := d.tables[key]
	if t == nil {
		if d.tables == nil {
			d.tables = map[int64]*[]int32{}
		}
		t = &[]int32{}
		d.tables[key] = t
	}
	r.key, r.table = key, t
	return t
}

// recall is what is remembered of a name that its table does not have.
func (d *dense) recall(key int64, name int32) (int32, bool) {
	n, ok := d.beyond[[2]int64{key, int64(name)}]
	return n, ok
}

func (d *dense) remember(key int64, name, n int32) {
	at, t := int(name)+1, d.table(key)
	more := max(0, at+1-len(*t))
	if at >= maxDense || d.size+more > maxTables {
		if d.beyond == nil {
			d.beyond = map[[2]int64]int32{}
		}
		d.beyond[[2]int64{key, int64(name)}] = n
		return
	}
	d.size += more
	*t = append(*t, make([]int32, more)...)
	(*t)[at] = n
}

// each finds the number of each row's name, other name and year; make makes it where they are met for the first time.
func (d *dense) each(names, others, years, out []int32, make func(row int) int32) {
	last, table := int64(0), (*[]int32)(nil)
	others, years, out = others[:len(names)], years[:len(names)], out[:len(names)]
	for i, name := range names {
		if key := int64(others[i])<<32 | int64(years[i]); table == nil || key != last {
			last, table = key, d.table(key)
		}
		n := int32(0)
		if at := int(name) + 1; at < len(*table) {
			n = (*table)[at]
		}
		if n == 0 {
			var ok bool
			if n, ok = d.recall(last, name); !ok {
				n = make(i)
				d.remember(last, name, n)
			}
		}
		out[i] = n
	}
}
