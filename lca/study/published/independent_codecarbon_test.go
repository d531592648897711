package published_test

import "math/big"

// calculateCodeCarbon3 is what CodeCarbon counts from release 3: tracked energy × PUE × the intensity of the country, or of its sources, and memory by its modules.
func calculateCodeCarbon3(r *caseRow) []output {
	return calculateCodeCarbon(r, moduleWatts(r.num("host_memory")))
}

// calculateCodeCarbon2 has 3 W for each 8 GB of memory, of 2^30 bytes.
func calculateCodeCarbon2(r *caseRow) []output {
	return calculateCodeCarbon(r, div(mul(gibibytes(r.num("host_memory")), num("3")), num("8")))
}

func calculateCodeCarbon(r *caseRow, memory *big.Float) []output {
	region := r.text("region")
	energy := mul(r.num("energy"), or(r.num("pue"), one()))
	intensity := r.factor("electricity", "climate_change", region, "")
	if r.choice("intensity") == "sources" { // kg/MWh of each source
		intensity = zero()
		for _, s := range []struct{ source, figure string }{{"coal", "995"}, {"oil", "816"}, {"gas", "743"}, {"nuclear", "29"}, {"hydro", "26"}, {"wind", "26"}, {"solar", "48"}, {"other", "38"}} {
			intensity = add(intensity, div(mul(r.factor("electricity_mix", "", region, s.source), num(s.figure)), num("1000")))
		}
	}
	return []output{
		{category: "final_energy", stage: "training", value: energy},
		{category: "climate_change", stage: "training", accounting: "location", value: mul(energy, intensity)},
		{quantity: "memory_power", value: memory},
	}
}

func gibibytes(gb *big.Float) *big.Float { return div(mul(gb, num("1000000000")), num("1073741824")) }

// moduleWatts is the rule of codecarbon/external/ram.py for x86: a number of modules by the memory's size, each of which takes the less the more there are.
func moduleWatts(memory *big.Float) *big.Float {
	if memory == nil {
		return nil
	}
	gib := gibibytes(memory)
	upTo := func(n string) bool { return gib.Cmp(num(n)) <= 0 }
	modules := one()
	switch {
	case upTo("2"):
	case upTo("16"):
		modules = num("2")
	case upTo("64"):
		modules = num("4")
	case upTo("128"):
		modules = num("8")
	default: // the largest modules of which there are eight at least, and 32 at most
		modules = num("8")
		for _, size := range []string{"128", "64", "32", "16", "8", "4"} {
			if num(size).Cmp(div(gib, num("8"))) <= 0 {
				modules = smaller(ceil(div(gib, num(size))), num("32"))
				break
			}
		}
	}
	n, _ := modules.Int64()
	watts := zero()
	for i := range n {
		each := "5"
		switch {
		case i >= 16:
			each = "3.5"
		case i >= 8:
			each = "4"
		case i >= 4:
			each = "4.5"
		}
		watts = add(watts, num(each))
	}
	return larger(watts, num("10"))
}
