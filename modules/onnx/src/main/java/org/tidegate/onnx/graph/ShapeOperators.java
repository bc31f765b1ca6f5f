package org.tidegate.onnx.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.tidegate.onnx.file.TensorData;

/** Constants and the arithmetic of shapes. */
final class ShapeOperators {
    private static final int MOST_RANGE = 1 << 20;

    private ShapeOperators() {}

    static void addTo(Map<String, Operator> all) {
        all.put("Constant", ShapeOperators::constant);
        all.put("ConstantOfShape", ShapeOperators::constantOfShape);
        all.put("Shape", ShapeOperators::shape);
        all.put("Size", call -> call.out(Value.of(call.in(0).sizes().stream().reduce(Size.ONE, Size::times))));
        all.put("Range", ShapeOperators::range);
        all.put("Cast", ShapeOperators::cast);
    }

    private static void constant(Call call) {
        AttributeProto value = call.attribute("value");
        if (value != null) {
            call.out(call.walk().tensor(value.getT()));
        } else if (call.hasAttribute("value_float")) {
            call.out(Value.of((float) call.number("value_float", 0)));
        } else if (call.hasAttribute("value_int")) {
            call.out(Value.of(Size.of(call.integer("value_int", 0))));
        } else if (call.hasAttribute("value_ints")) {
            call.out(Value.of(call.integers("value_ints").stream().map(Size::of).toList()));
        } else if (call.hasAttribute("value_floats")) {
            List<Float> numbers = call.numbers("value_floats");
            float[] floats = new float[numbers.size()];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = numbers.get(i);
            }
            call.out(Value.of(new Elements.Numbers(floats), floats.length));
        } else {
            throw call.refuse("a constant without value, value_float, value_int, value_floats or value_ints", null);
        }
    }

    private static void constantOfShape(Call call) {
        Value shape = call.in(0);
        if (shape.integers() == null) {
            throw call.refuse("its shape is computed while the model runs", null);
        }
        List<List<Factor>> dims = new ArrayList<>();
        for (Size size : shape.integers().values()) {
            dims.add(call.walk().factors(call, size));
        }
        AttributeProto given = call.attribute("value");
        Value number = given == null ? Value.of(0f) : call.walk().tensor(given.getT());
        call.out(new Value(List.of(), number.elements().select(new int[] {0})).spread(dims));
    }

    private static void shape(Call call) {
        List<Size> sizes = call.in(0).sizes();
        int from = end(call.integer("start", 0), sizes.size());
        int to = Math.max(from, end(call.integer("end", sizes.size()), sizes.size()));
        call.out(Value.of(sizes.subList(from, to)));
    }

    private static int end(long at, int rank) {
        return (int) Math.max(0, Math.min(rank, at < 0 ? at + rank : at));
    }

    private static void range(Call call) {
        Value end = call.in(1);
        if (end.integers() != null && end.elements().count() == 1 && end.integers().values()[0].constant().isEmpty()
                && call.known(0).get(0) == 0 && call.known(2).get(0) == 1) {
            List<Factor> rows = call.walk().factors(call, end.integers().values()[0]);
            if (rows.size() == 1 && rows.get(0) instanceof Factor.Rows) {
                call.out(OrderOperators.order(rows.get(0)));
                return;
            }
        }
        long start = call.known(0).get(0);
        long limit = call.known(1).get(0);
        long delta = call.known(2).get(0);
        long count = delta == 0 ? 0 : Math.max(0, (limit - start + delta - Long.signum(delta)) / delta);
        if (count > MOST_RANGE) {
            throw call.refuse("a range of " + count + " numbers; at most " + MOST_RANGE, null);
        }
        List<Size> sizes = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            sizes.add(Size.of(start + i * delta));
        }
        call.out(Value.of(sizes));
    }

    private static void cast(Call call) {
        Value x = call.in(0);
        int type = (int) call.integer("to", 1);
        if (x.network() != null) {
            if (TensorData.isInteger(type) || type == TensorData.BOOL) {
                if (Arrays.stream(x.network().sources()).anyMatch(source -> source == null || source.kind() == Source.Kind.REAL
                        && !call.walk().isInteger(source))) {
                    throw call.refuse("reals become integers while the model runs", null);
                }
            }
            call.out(x);
        } else if (x.integers() != null && TensorData.isReal(type)) {
            call.out(x.with(reals(call, x)));
        } else if (x.integers() != null && type == TensorData.BOOL) {
            Size[] truths = Arrays.stream(x.integers().values()).map(size -> {
                OptionalLong sign = size.sign();
                return sign.isEmpty() ? Size.UNKNOWN : Size.of(Math.abs(sign.getAsLong()));
            }).toArray(Size[]::new);
            call.out(x.with(new Elements.Integers(truths)));
        } else if (x.numbers() != null && !TensorData.isReal(type)) {
            Size[] sizes = new Size[x.elements().count()];
            for (int i = 0; i < sizes.length; i++) {
                float number = x.numbers().values()[i];
                sizes[i] = type == TensorData.BOOL ? Size.of(number == 0 ? 0 : 1) : Size.of((long) number);
            }
            call.out(x.with(new Elements.Integers(sizes)));
        } else {
            call.out(x);
        }
    }

    /** Integers as reals; they must be known. */
    static Elements.Numbers reals(Call call, Value x) {
        Size[] sizes = x.integers().values();
        float[] numbers = new float[sizes.length];
        for (int i = 0; i < numbers.length; i++) {
            Size size = sizes[i];
            numbers[i] = size.known().orElseThrow(() -> call.refuse("the number " + size + " is not known", call.walk().needShapes()));
        }
        return new Elements.Numbers(numbers);
    }
}
