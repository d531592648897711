package published_test

import "math/big"

// pi to 60 digits.
var pi = num("3.14159265358979323846264338327950288419716939937510582097494459")

// boaviztaCategories are those that BoaviztAPI's figures are of.
var boaviztaCategories = []string{"climate_change", "abiotic_depletion", "primary_energy"}

// waferOfDie is the wafer in mm2 that one good die of an area uses up: with its saw line of 0.2 mm, less what the edge of a wafer of 300 mm cuts, at 0.1 defects
// for each cm2.
func waferOfDie(area *big.Float) *big.Float {
	side := add(sqrt(area), num("0.2"))
	cut := mul(side, side)
	wafer := mul(pi, num("150"), num("150"))
	dies := sub(div(wafer, cut), div(mul(pi, num("300")), sqrt(mul(num("2"), cut))))
	yield := exp(sub(num("0"), sqrt(mul(div(cut, num("100")), num("0.1")))))
	return div(div(wafer, dies), yield)
}

// calculateBoaviztaGPU is BoaviztAPI's graphics card.
func calculateBoaviztaGPU(r *caseRow) []output {
	count := r.num("count")
	mass := or(r.of("hardware", "mass"), num("1.69"))
	memoryDie := div(mul(r.of("hardware", "memory"), num("15.5")), num("6"))
	var out []output
	for _, category := range boaviztaCategories {
		add := func(stage, factor, technology string, amount *big.Float) {
			out = append(out, output{category: category, perspective: "fleet", stage: stage, value: mul(count, amount, r.factor(factor, category, "", technology))})
		}
		add("manufacturing", "silicon", "gpu-die", waferOfDie(r.of("hardware", "die_area")))
		add("manufacturing", "silicon", "vram-die", mul(num("6"), waferOfDie(memoryDie)))
		add("manufacturing", "board", "pwb", num("296"))
		add("manufacturing", "material", "casing", num("0.79"))
		add("manufacturing", "material", "heatsink", num("0.90"))
		add("manufacturing", "material", "upstream", mass)
		add("transport", "freight", "boat", mul(mass, num("19000")))
		add("transport", "freight", "truck", mul(mass, num("1000")))
		if r.text("retired") != "" {
			add("end_of_life", "end_of_life", "", mass)
		}
	}
	return out
}

// calculateBoaviztaServer is BoaviztAPI's server without accelerators, of two processors, 12 modules of memory, a drive of 400 GB and two power supplies.
func calculateBoaviztaServer(r *caseRow) []output {
	count := r.num("count")
	var out []output
	for _, category := range boaviztaCategories {
		add := func(factor, technology string, amount *big.Float) {
			out = append(out, output{category: category, perspective: "fleet", stage: "manufacturing", value: mul(count, amount, r.factor(factor, category, "", technology))})
		}
		add("silicon", "cpu-die", mul(num("2"), or(r.of("hardware", "die_area"), num("294"))))
		add("part", "cpu-base", num("2"))
		add("memory_die", "ram", div(or(r.of("hardware", "memory"), num("384")), num("1.79")))
		add("part", "ram-base", num("12"))
		add("memory_die", "ssd", div(num("400"), num("50.6")))
		add("part", "ssd-base", num("1"))
		add("material", "power-supply", mul(num("2"), num("2.99")))
		add("part", "motherboard", num("1"))
		add("part", "case-rack", num("1"))
		add("part", "assembly", num("1"))
	}
	return out
}
