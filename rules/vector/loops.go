package vector

// The loops of binary operations: the operation is chosen outside of them, and a constant stays in its register.

func vectorVector(op Op, out, x, y []float64) {
	x, y = x[:len(out)], y[:len(out)]
	switch op {
	case Add:
		for i := range out {
			out[i] = x[i] + y[i]
		}
	case Sub:
		for i := range out {
			out[i] = x[i] - y[i]
		}
	case Mul:
		for i := range out {
			out[i] = float64(x[i] * y[i])
		}
	case Div:
		for i := range out {
			out[i] = x[i] / y[i]
		}
	case Min:
		for i := range out {
			out[i] = lesser(x[i], y[i])
		}
	case Max:
		for i := range out {
			out[i] = greater(x[i], y[i])
		}
	default: // a call a row
		for i := range out {
			out[i] = binaryOf(op, x[i], y[i])
		}
	}
}

func vectorConstant(op Op, out, x []float64, y float64) {
	x = x[:len(out)]
	switch op {
	case Add:
		for i := range out {
			out[i] = x[i] + y
		}
	case Sub:
		for i := range out {
			out[i] = x[i] - y
		}
	case Mul:
		for i := range out {
			out[i] = float64(x[i] * y)
		}
	case Div:
		for i := range out {
			out[i] = x[i] / y
		}
	case Min:
		for i := range out {
			out[i] = lesser(x[i], y)
		}
	case Max:
		for i := range out {
			out[i] = greater(x[i], y)
		}
	default: // a call a row
		for i := range out {
			out[i] = binaryOf(op, x[i], y)
		}
	}
}

func constantVector(op Op, out []float64, x float64, y []float64) {
	y = y[:len(out)]
	switch op {
	case Add:
		for i := range out {
			out[i] = x + y[i]
		}
	case Sub:
		for i := range out {
			out[i] = x - y[i]
		}
	case Mul:
		for i := range out {
			out[i] = float64(x * y[i])
		}
	case Div:
		for i := range out {
			out[i] = x / y[i]
		}
	case Min:
		for i := range out {
			out[i] = lesser(x, y[i])
		}
	case Max:
		for i := range out {
			out[i] = greater(x, y[i])
		}
	default: // a call a row
		for i := range out {
			out[i] = binaryOf(op, x, y[i])
		}
	}
}
