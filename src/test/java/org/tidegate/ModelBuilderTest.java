/* The spec that the builder writes. */
package org.tidegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tidegate.Attribute.alpha;
import static org.tidegate.Attribute.attentionSize;
import static org.tidegate.Attribute.axis;
import static org.tidegate.Attribute.beta;
import static org.tidegate.Attribute.bidirectional;
import static org.tidegate.Attribute.blank;
import static org.tidegate.Attribute.c0;
import static org.tidegate.Attribute.classWeights;
import static org.tidegate.Attribute.delta;
import static org.tidegate.Attribute.dropout;
import static org.tidegate.Attribute.eps;
import static org.tidegate.Attribute.forgetBias;
import static org.tidegate.Attribute.frozen;
import static org.tidegate.Attribute.full;
import static org.tidegate.Attribute.gradient;
import static org.tidegate.Attribute.h0;
import static org.tidegate.Attribute.ignore;
import static org.tidegate.Attribute.init;
import static org.tidegate.Attribute.labelSmoothing;
import static org.tidegate.Attribute.layers;
import static org.tidegate.Attribute.max;
import static org.tidegate.Attribute.min;
import static org.tidegate.Attribute.name;
import static org.tidegate.Attribute.noAffine;
import static org.tidegate.Attribute.noBias;
import static org.tidegate.Attribute.noLogInput;
import static org.tidegate.Attribute.padding;
import static org.tidegate.Attribute.parameter;
import static org.tidegate.Attribute.perSequence;
import static org.tidegate.Attribute.positiveWeights;
import static org.tidegate.Attribute.projection;
import static org.tidegate.Attribute.reversed;
import static org.tidegate.Attribute.size;
import static org.tidegate.Attribute.stride;
import static org.tidegate.Attribute.sum;
import static org.tidegate.Attribute.weightDrop;
import static org.tidegate.Attribute.weights;
import static org.tidegate.Attribute.zeroInfinity;
import static org.tidegate.Messages.assertMessage;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ModelBuilderTest {
    private final ModelBuilder net = new ModelBuilder();

    @Test
    void theLossesOverElementsAreTheirOps() {
        Node x = net.input("x", 3);
        Node targets = net.input("targets", 3, x);
        Node wide = net.linear(x, 6);
        Node variance = net.activation(net.linear(x, 3), Activation.SIGMOID);
        net.l1(x, targets);
        net.smoothL1(x, targets, beta(0.5));
        net.huber(x, targets, delta(2), sum());
        net.quantile(wide, targets, new double[] {0.1, 0.9});
        net.binaryCrossEntropy(x, targets, positiveWeights(1, 2.5, 4));
        net.gaussianNll(x, targets, variance, full(), eps(1e-3));
        net.poissonNll(x, targets, noLogInput());
        assertTrue(net.spec().endsWith("""
            l1 = l1 x targets
            smooth_l1 = smooth_l1 x targets beta=0.5
            huber = huber x targets delta=2 reduction=sum
            quantile = quantile linear targets levels=0.1,0.9
            binary_cross_entropy = binary_cross_entropy x targets pos_weight=1,2.5,4
            gaussian_nll = gaussian_nll x targets activation full=true eps=0.001
            poisson_nll = poisson_nll x targets log_input=false
            """), net.spec());
        try (Model model = net.build(1); Session session = model.newSession()) {
            assertEquals(7, model.values().stream().filter(Value::loss).count());
            assertMessage("column 1 is 1.5, expected a number from 0 to 1", () -> session.forward(
                model.newBatch().lengths("x", 1).reals("x", 1, 2, 3).reals("targets", 0, 1.5f, 1)));
        }
    }

    @Test
    void theLanguageModelOfTheDocumentationIsItsSpec() {
        Node words = net.ids("words");
        Node hidden = net.recurrent(net.embedding(words, 10_000, 128), Cell.LSTM, 256, layers(2), dropout(0.2));
        Node logits = net.linear(hidden, 10_000);
        net.crossEntropy(logits, net.ids("next", words));
        assertEquals("""
            words = ids axis=words
            embedding = embedding words rows=10000 cols=128
            recurrent = recurrent embedding cell=lstm size=256 layers=2 dropout=0.2
            linear = linear recurrent cols=10000
            next = ids axis=words
            cross_entropy = cross_entropy linear next
            """, net.spec());
        try (Model model = net.build(42)) {
            assertTrue(model.value("cross_entropy").loss());
        }
    }

    @Test
    void everyNodeWritesItsLineAndTheCoreUnderstandsIt() {
        Node words = net.ids("words", axis("text"));
        Node x = net.input("x", 6, words, gradient());
        Node start = net.input("start", 16, axis("text"), perSequence());
        Node label = net.ids("label", words, perSequence());
        Node e = net.embedding(words, 20, 6, padding(0), frozen());
        Node o = net.oneHot(words, 20);
        Node first = net.recurrent(o, Cell.GRU_RESET_BEFORE, 6, noBias(), init(Initializer.ORTHOGONAL));
        Node added = net.add(e, x, first);
        Node h = net.recurrent(added, Cell.LSTM, 4, name("h"), layers(2), bidirectional(), forgetBias(1), h0(start), c0(start));
        Node p = net.recurrent(net.reverse(h), Cell.LSTM_PROJECTED, 8, projection(3));
        Node tanh = net.activation(p, Activation.TANH);
        Node dropped = net.dropout(net.layerNorm(tanh, eps(1e-6), noAffine()), 0.25, perSequence());
        Node pooled = net.pool(net.concat(dropped, h), Pooling.MAX);
        Node all = net.concat(pooled, h.finalHidden(), h.finalCell());
        Node scores = net.linear(all, 3, noBias(), name("scores"));
        net.crossEntropy(scores, label, ignore(-1), labelSmoothing(0.1), classWeights(1, 0.5, 2), name("loss"));
        net.mse(net.linear(h, 6), x, sum());
        net.node("activation", List.of(h), Attribute.of("kind", "relu"), name("generic"));
        Node rows = net.ids("rows", axis("side"));
        net.gather(h, rows);
        Node context = net.attention(x, h, Score.ADDITIVE, size(5), weights(30));
        net.concat(context, context.weights());
        Node decoder = net.attentionDecoder(x, h, Cell.LSTM, 16, Score.ADDITIVE, attentionSize(5), weights(30), h0(start));
        net.concat(decoder, decoder.context(), decoder.weights(), net.reverse(x));
        assertEquals("""
            words = ids axis=text
            x = input axis=text cols=6 gradient=true
            start = input axis=text cols=16 per=sequence
            label = ids axis=text per=sequence
            embedding = embedding words rows=20 cols=6 padding=0 trainable=false
            one_hot = one_hot words rows=20
            recurrent = recurrent one_hot cell=gru_reset_before size=6 bias=false init=orthogonal
            add = add embedding x recurrent
            h = recurrent add cell=lstm size=4 layers=2 bidirectional=true forget_bias=1 h0=start c0=start
            reverse = reverse h
            recurrent2 = recurrent reverse cell=lstm_projected size=8 proj=3
            activation = activation recurrent2 kind=tanh
            layer_norm = layer_norm activation eps=1.0e-6 affine=false
            dropout = dropout layer_norm p=0.25 per=sequence
            concat = concat dropout h
            pool = pool concat kind=max
            concat2 = concat pool h.h_n h.c_n
            scores = linear concat2 cols=3 bias=false
            loss = cross_entropy scores label ignore=-1 label_smoothing=0.1 class_weights=1,0.5,2
            linear = linear h cols=6
            mse = mse linear x reduction=sum
            generic = activation h kind=relu
            rows = ids axis=side
            gather = gather h rows
            attention = attention x h score=additive size=5 weights=30
            concat3 = concat attention attention.weights
            attention_decoder = attention_decoder x h cell=lstm size=16 score=additive attention_size=5 weights=30 h0=start
            reverse2 = reverse x
            concat4 = concat attention_decoder attention_decoder.context attention_decoder.weights reverse2
            """, net.spec());
        try (Model model = net.build(1)) {
            assertEquals(3, model.value("scores").columns());
            assertEquals(Value.Rows.PER_SEQUENCE, model.value("h.c_n").rows());
            assertEquals(16, model.value("h.c_n").columns());
            assertEquals(8, model.value("attention").columns());
            assertEquals(30, model.value("attention.weights").columns());
            assertEquals(8, model.value("attention_decoder.context").columns());
            assertEquals(60, model.value("concat4").columns());
            assertEquals(List.of("text", "side"), model.axes());
            try (Model again = Model.of(model.spec(), 1)) {
                assertEquals(model.spec(), again.spec());
                assertEquals(model.values(), again.values());
            }
        }
    }

    @Test
    void lossesOfWholeSequencesWriteTheirLines() {
        Node frames = net.input("frames", 4);
        Node letters = net.ids("letters");
        net.ctc(frames, letters, blank(3), zeroInfinity(), sum());
        net.crf(frames, net.ids("tags", frames));
        assertEquals("""
            frames = input axis=frames cols=4
            letters = ids axis=letters
            ctc = ctc frames letters blank=3 zero_infinity=true reduction=sum
            tags = ids axis=frames
            crf = crf frames tags
            """, net.spec());
        try (Model model = net.build(1)) {
            assertTrue(model.value("ctc").loss());
            assertEquals(Value.Rows.PER_SEQUENCE, model.value("ctc.rows").rows());
            assertEquals(List.of("crf.transitions", "crf.start", "crf.end"), model.parameters().stream().map(Tensor::name).toList());
        }
    }

    @Test
    void aRegularizedLanguageModelSharesItsEmbeddingAndWritesItsLines() {
        Node words = net.ids("words");
        Node e = net.embedding(words, 30, 6, name("e"), dropout(0.1));
        Node h = net.recurrent(e, Cell.LSTM, 6, name("h"), weightDrop(0.5));
        net.activationRegularization(h, alpha(1.5), beta(0.5));
        net.crossEntropy(net.tiedLinear(h, e, noBias()), net.ids("next", words));
        assertEquals("""
            words = ids axis=words
            e = embedding words rows=30 cols=6 dropout=0.1
            h = recurrent e cell=lstm size=6 weight_drop=0.5
            activation_regularization = activation_regularization h alpha=1.5 beta=0.5
            tied_linear = tied_linear h to=e bias=false
            next = ids axis=words
            cross_entropy = cross_entropy tied_linear next
            """, net.spec());
        try (Model model = net.build(1)) {
            assertEquals(30, model.value("tied_linear").columns());
            assertEquals(List.of("e.weight", "h.weight_ih_l0", "h.weight_hh_l0", "h.bias_ih_l0", "h.bias_hh_l0"),
                model.parameters().stream().map(Tensor::name).toList());
        }
    }

    @Test
    void everyCellActivationAndInitializerHasItsNameInTheCore() {
        Node x = net.input("x", 3);
        for (Cell cell : Cell.values()) {
            for (Initializer law : Initializer.values()) {
                Attribute proj = cell == Cell.LSTM_PROJECTED ? projection(2) : layers(1);
                net.recurrent(x, cell, 4, proj, init(law));
            }
        }
        for (Activation kind : Activation.values()) {
            net.activation(x, kind);
        }
        for (Pooling kind : Pooling.values()) {
            net.pool(x, kind);
        }
        for (Score score : Score.values()) {
            net.attention(x, x, score);
        }
        try (Model model = net.build(1)) {
            assertTrue(model.parameterCount() > 0);
        }
    }

    @Test
    void elementwiseNodesAndColumnsWriteTheirLines() {
        Node x = net.input("x", 6);
        Node mask = net.input("mask", 1, x);
        Node kept = net.apply(Elementwise.MUL, x, mask);
        Node scaled = net.apply(Elementwise.MUL, kept, parameter(), init(Initializer.UNIFORM));
        Node shifted = net.apply(Elementwise.SUB, scaled, parameter(), reversed());
        Node clipped = net.apply(Elementwise.CLIP, shifted, min(-1), max(1.5));
        Node rest = net.apply(Elementwise.SUB, 1, net.apply(Elementwise.POW, clipped, 2));
        List<Node> parts = net.split(net.activation(rest, Activation.ELU, alpha(0.5)), 2, 1, 3);
        Node glu = net.apply(Elementwise.MUL, parts.get(0), net.activation(parts.get(1), Activation.SIGMOID));
        Node back = net.slice(parts.get(2), 2, 2, stride(-1));
        net.softmax(net.permute(net.concat(glu, back), 1, 0));
        net.logSoftmax(net.transpose(x, 2));
        assertEquals("""
            x = input axis=x cols=6
            mask = input axis=x cols=1
            mul = mul x mask
            mul2 = mul mul parameter=true init=uniform
            sub = sub mul2 parameter=true reverse=true
            clip = clip sub min=-1 max=1.5
            pow = pow clip value=2
            sub2 = sub pow value=1 reverse=true
            activation = activation sub2 kind=elu alpha=0.5
            split = split activation sizes=2,1,3
            activation2 = activation split.part1 kind=sigmoid
            mul3 = mul split activation2
            slice = slice split.part2 first=2 count=2 stride=-1
            concat = concat mul3 slice
            permute = permute concat order=1,0
            softmax = softmax permute
            permute2 = permute x transpose=2
            log_softmax = log_softmax permute2
            """, net.spec());
        try (Model model = net.build(1)) {
            assertEquals(2, model.value("mul3").columns());
            assertEquals(4, model.value("softmax").columns());
            assertEquals("'mul2.weight' [6]", model.parameter("mul2.weight").toString());
        }
    }

    @Test
    void theActivationsAndElementwiseFunctionsAreThoseOfTheCore() {
        String kinds = String.join(", ", Stream.of(Activation.values()).map(Activation::spec).toList());
        Node x = net.input("x", 3);
        net.node("activation", List.of(x), Attribute.of("kind", "none"));
        assertMessage("expected one of: " + kinds, TidegateException.class, () -> net.build(1));
        String message = assertThrows(TidegateException.class, () -> Model.of("x = none\n", 1)).getMessage();
        List<String> ops = List.of(message.substring(message.indexOf("the ops are ") + 12).strip().split(", "));
        for (Elementwise f : Elementwise.values()) {
            assertTrue(ops.contains(f.spec()), f + " is not among " + ops);
        }
        int first = ops.indexOf("activation") + 1;
        List<String> table = ops.subList(first, first + Elementwise.values().length);
        assertEquals(Stream.of(Elementwise.values()).map(Elementwise::spec).toList(), table);
        assertEquals("dropout", ops.get(first + table.size()), "one more in the core's table?");
    }

    @Test
    void parametersAreNamedAsInPyTorch() {
        Node x = net.input("x", 3);
        net.recurrent(x, Cell.GRU, 4, name("h"), layers(2), bidirectional());
        try (Model model = net.build(1)) {
            assertEquals(List.of("h.weight_ih_l0", "h.weight_hh_l0", "h.bias_ih_l0", "h.bias_hh_l0", "h.weight_ih_l0_reverse",
                "h.weight_hh_l0_reverse", "h.bias_ih_l0_reverse", "h.bias_hh_l0_reverse", "h.weight_ih_l1", "h.weight_hh_l1",
                "h.bias_ih_l1", "h.bias_hh_l1", "h.weight_ih_l1_reverse", "h.weight_hh_l1_reverse", "h.bias_ih_l1_reverse",
                "h.bias_hh_l1_reverse"), model.parameters().stream().map(Tensor::name).toList());
            assertEquals("'h.weight_ih_l1' [12, 8]", model.parameter("h.weight_ih_l1").toString());
        }
    }

    @Test
    void mistakesAreToldInTheUsersWords() {
        Node words = net.ids("words");
        assertMessage("already a node 'words'", () -> net.ids("words"));
        assertMessage("'a b' cannot be the value of name", () -> net.ids("a b"));
        assertMessage("'1st' is no name of a node", () -> net.linear(words, 2, name("1st")));
        assertMessage("belongs to another builder", () -> new ModelBuilder().oneHot(words, 5));
        assertMessage("belongs to another builder", () -> net.tiedLinear(words, new ModelBuilder().ids("others")));
        assertMessage("layers is given twice", () -> net.recurrent(words, Cell.RNN, 5, layers(1), layers(2)));
        assertMessage("'one_hot' is not an input", () -> net.ids("next", net.oneHot(words, 5)));
        assertMessage("NaN is no number", () -> dropout(Double.NaN));
        assertMessage("'x#y' cannot be the value of kind", () -> Attribute.of("kind", "x#y"));
        assertMessage("is a port", () -> words.port("h_n").port("h_n"));
    }

    @Test
    void whatMakesNoSenseIsToldByNodeWhenTheModelIsBuilt() {
        net.linear(net.ids("words"), 5, layers(2), name("y"));
        TidegateException thrown = assertThrows(TidegateException.class, () -> net.build(1));
        assertTrue(thrown.getMessage().contains("'y'"), thrown.getMessage());
    }

    @Test
    void aSpecThatIsNotUnderstoodNamesItsLine() {
        TidegateException thrown = assertThrows(TidegateException.class, () -> Model.of("x = input axis=t cols=2\ny = linea x cols=3", 1));
        assertTrue(thrown.getMessage().contains("line 2") && thrown.getMessage().contains("linea"), thrown.getMessage());
        try (Model model = Model.of("x = input axis=t cols=2", 1)) {
            TidegateException unknown = assertThrows(TidegateException.class, () -> model.newOptimizer("adamm beta=1"));
            assertTrue(unknown.getMessage().contains("adamm"), unknown.getMessage());
        }
    }
}
