package published_test

import "math/big"

// ecologits is what EcoLogits computes with in one of its revisions.
type ecologits struct {
	bits, batch, power, years string // of a weight; requests at a time; kW of a server; of service
	powers                    bool   // GPUs by powers of 2
	gpu, server               [3]string
	token, time               func(billions, batch *big.Float) *big.Float // kWh and s for each token
	pue                       string                                      // of all data centres; empty: the row's
	water                     func(it, pue, wue, mix *big.Float) *big.Float
}

var ecologits08 = ecologits{bits: "4", batch: "1", power: "1", years: "5", pue: "1.2",
	gpu: [3]string{"143", "5.1e-3", "1828"}, server: [3]string{"3000", "0.24", "38000"},
	token: func(p, _ *big.Float) *big.Float { return add(mul(num("8.91e-8"), p), num("1.43e-6")) },
	time:  func(p, _ *big.Float) *big.Float { return add(mul(num("8.02e-4"), p), num("2.23e-2")) },
	water: func(_, _, _, _ *big.Float) *big.Float { return nil },
}

// ecologits09 computes water of energy that holds PUE already.
var ecologits09 = ecologits{bits: "16", batch: "64", power: "1.2", years: "3", powers: true,
	gpu: [3]string{"164", "5.1e-3", "1828"}, server: [3]string{"5700", "0.37", "70000"},
	token: func(p, b *big.Float) *big.Float {
		wh := add(mul(num("1.1665273170451914e-6"), exp(mul(num("-0.011205921025579175"), b)), p), num("4.052928146734005e-5"))
		return div(wh, num("1000"))
	},
	time: func(p, b *big.Float) *big.Float {
		return add(mul(num("6.785088094353663e-4"), p), mul(num("3.119310311688259e-4"), b), num("1.9473717579473387e-2"))
	},
	water: func(it, pue, wue, mix *big.Float) *big.Float { return mul(it, pue, add(wue, mul(pue, mix))) },
}

func calculateEcoLogits08(r *caseRow) []output { return ecologits08.of(r) }
func calculateEcoLogits09(r *caseRow) []output { return ecologits09.of(r) }

func calculateEcoLogits094(r *caseRow) []output {
	fixed := ecologits09
	fixed.water = func(it, pue, wue, mix *big.Float) *big.Float { return mul(it, add(wue, mul(pue, mix))) }
	return fixed.of(r)
}

// of computes a row, which may be many requests.
func (e ecologits) of(r *caseRow) []output {
	requests := or(r.num("requests"), one())
	total := r.num("parameters_total")
	billions := div(or(r.num("parameters_active"), total), num("1e9"))
	batch := num(e.batch)
	if e.batch != "1" {
		batch = or(r.num("batch"), batch)
	}
	gpus := ceil(div(mul(num("12"), total, or(r.num("quantisation"), num(e.bits))), num("6.4e12"))) // 1.2 times the weights' bytes, of 80 GB
	if e.powers {
		gpus = ceilPow2(gpus)
	}
	time := mul(div(r.num("output_tokens"), requests), e.time(billions, batch))
	if latency := r.num("latency"); latency != nil {
		time = smaller(latency, time)
	}
	gpuEnergy := mul(gpus, r.num("output_tokens"), e.token(billions, batch))
	it := add(gpuEnergy, div(mul(requests, time, num(e.power), gpus), mul(num("3600"), num("8"), batch)))
	pue := r.num("pue")
	if e.pue != "" {
		pue = num(e.pue)
	}
	energy := mul(it, pue)
	region := r.text("region")
	out := []output{{category: "final_energy", stage: "inference", value: energy}, {quantity: "gpus", value: gpus}, {quantity: "gpu_energy", value: gpuEnergy},
		{quantity: "generation_time", value: time}, {quantity: "facility_energy", value: energy}, {unit: "request", value: requests},
		{category: "water_consumption", stage: "inference", value: e.water(it, pue, div(r.num("wue"), num("1000")), r.factor("electricity", "water_consumption", region, ""))}}
	life := div(mul(requests, time), mul(batch, num(e.years), num("31536000")))
	for i, category := range []string{"climate_change", "abiotic_depletion", "primary_energy"} {
		made := mul(life, gpus, add(num(e.gpu[i]), div(num(e.server[i]), num("8"))))
		out = append(out, output{category: category, stage: "inference", value: mul(energy, r.factor("electricity", category, region, ""))},
			output{category: category, stage: "manufacturing", value: made})
	}
	return out
}
