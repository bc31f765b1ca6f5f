/* tidegate.h: recurrent neural networks (vanilla RNN, LSTM, GRU) trained and served on the CPU.
 *
 * A model is a static graph of layers, written as text (the spec), and its parameters. A session runs it: it owns the activations,
 * the gradients and the recurrent state. An optimizer owns its slots. Models, sessions and optimizers are created and destroyed by
 * the caller; everything else that a function hands out is a view that belongs to one of them.
 *
 *   words = ids axis=text
 *   next  = ids axis=text
 *   e     = embedding words rows=10000 cols=128
 *   h     = recurrent e cell=lstm size=256 layers=2 dropout=0.2
 *   y     = linear h cols=10000
 *   loss  = cross_entropy y next
 *
 * Shapes. T steps, N sequences, C columns of an input, H hidden size, G gates, V vocabulary. All arrays are row-major, the last
 * dimension is the fastest. A pointer's comment is its shape.
 *
 * Packed rows. The sequences of an axis may differ in length. Their steps are stored without padding: sorted by decreasing length
 * (equal lengths keep their order), step t owns the rows offset[t] ... offset[t+1]-1, one for each sequence that is at least
 * t+1 steps long. Step t of sequence s is row offset[t] + rank[s]; tg_pack_rows computes both. R is the number of rows, the sum of
 * all lengths. With equal lengths the rows are simply [T,N,C]; one sequence alone is [T,C]. A value that has one row for each
 * sequence ("per sequence") keeps the caller's order: [N,C].
 *
 * Derived axes. Nodes that take windows over the steps (frames, pool, conv1d) or repeat rows (upsample) have rows of an axis of their own,
 * called after the node: its lengths follow from those of the axis that the windows lie on. Nodes with the same lengths share one. Inputs
 * may be on it (targets for each window: axis=NODE). In a stream a window may reach over several calls: the rows that it still needs are
 * part of the carried state, and a step that completes no window gives 0 rows. Windows that begin before a sequence (pad=P,0) stream;
 * those that end behind it (pad=0,P) need whole sequences.
 *
 * Errors. Every function that can fail returns a tg_status; tg_last_error() then holds, for the calling thread, a text that names
 * the node or argument, what was given and what was expected. No function prints, aborts or throws. After a failed call the object
 * stays usable: its parameters, state and random position are what they were before. (A failed forward call discards values that
 * earlier calls evaluated.)
 *
 * The caller's memory. A call copies what it is given before it checks it: lengths, ids, choices, the bytes of a state. Another thread that
 * writes there meanwhile may spoil the answer, but no call then reads or writes outside of memory.
 *
 * Threads. A model may be read by any number of sessions at once. A session and an optimizer belong to one thread at a time.
 * Training changes the model's parameters, so while one session trains, no other session of that model may run. A frozen model
 * (tg_model_freeze) never changes.
 */
#ifndef TIDEGATE_TIDEGATE_H
#define TIDEGATE_TIDEGATE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(TG_BUILDING) && defined(__GNUC__)
#define TG_API __attribute__((visibility("default")))
#else
#define TG_API
#endif

/* ---- The spec -------------------------------------------------------------------------------------------------------------
 *
 * One line a node: name = op input... key=value...   # comment
 * Inputs are nodes defined above, or a node's port (h.h_n). "step" below means one row for each packed row of an axis [R, cols],
 * "sequence" one row for each sequence in the caller's order [N, cols]. Defaults are in brackets.
 *
 * Inputs
 *   ids axis=NAME [per=step|sequence]                       int32 that the caller feeds
 *   input axis=NAME cols=C [per=step|sequence] [gradient=false]   reals that the caller feeds; gradient=true: backward gives d/dx
 *   one_hot X rows=V                                        the ids X as one-hot rows of V columns; no dense row is ever made
 *   embedding X rows=V cols=C [padding=ID]                  rows of weight [V,C]; the row of `padding` starts at 0 and is not trained
 *       [dropout=0]: in training a share of the ids, drawn for each call, has rows of zeros
 * Layers
 *   linear X cols=M [bias=true]                             x W^T + b; X real or one-hot; weight [M,C], bias [M]
 *   tied_linear X to=NODE [bias=true]                       x W^T + b with W [V,C] the weight of the embedding NODE, which both train;
 *       X has C columns; bias [V] starts at 0
 *   recurrent X cell=CELL size=H [layers=1] [bidirectional=false] [dropout=0] [bias=true] [h0=NODE] [c0=NODE] [forget_bias=B] [proj=P]
 *             [weight_drop=0] [settings of the cell]
 *       CELL: rnn (tanh), rnn_relu, rnn_sigmoid, lstm, lstm_projected (h is P wide), gru (reset after the product, as in cuDNN),
 *       gru_reset_before (Cho et al. 2014, ONNX's default), min_gru, min_lstm. X real or one-hot, per step. Output [R, D*H], D directions.
 *       Ports h_n and, for lstm, c_n [N, L*D*H]: each sequence's last states, column block l*D + d. h0, c0: the initial states in that layout.
 *       weight_drop: in training a share of weight_hh's elements is dropped, the same for all steps of a call (DropConnect).
 *       Parameters: PyTorch's names, shapes and gate orders (weight_ih_l0, weight_hh_l0_reverse, ...; i f g o and r z n).
 *       Settings of a cell:
 *       [clip=C]                     rnn*, lstm*, gru*: the inputs of the gates' activations are clipped to [-C, C], as ONNX's clip; the
 *                                    gradient is 0 outside. 0: not
 *       [activation=tanh|relu|sigmoid]   gru*: of the candidate n
 *       [activations=F[:A[:B]],G,H]  the activations, as ONNX names them f, g, h: one for rnn; two for gru*, of r and z and of n; three for lstm*,
 *                                    of i, f and o, of g and of c. Each is a KIND of activation below, with its alpha A and beta B:
 *                                    activations=hard_sigmoid:0.2:0.5,tanh,softsign. Not with activation or layer_norm; clip, peepholes and
 *                                    coupled go together with it (the input of c's H is not clipped)
 *       [peepholes=true]             lstm*: i and f see the old c, o the new one (Gers and Schmidhuber 2000): weight_ci, weight_cf,
 *                                    weight_co [H], times c, are added to the inputs of the gates (ONNX's P, in the order i o f)
 *       [coupled=true]               lstm*: f = 1 - i (ONNX's input_forget). The f gate's rows of the weights and biases stay, as in ONNX,
 *                                    and weight_cf too: they change nothing and their gradient is 0. No forget_bias
 *       [layer_norm=true]            lstm*, without the four others: (i f g o) = gain_ih N(W_ih x) + gain_hh N(W_hh h) + bias,
 *                                    c = f c + i g, h = o tanh(gain_c N(c) + bias_c), N over the 4H gates and over the H units, eps 1e-5
 *                                    (Ba, Kiros and Hinton 2016). gain_ih, gain_hh, bias [4H], gain_c, bias_c [H] stand for both biases
 *       min_gru, min_lstm (Feng et al. 2024) have no weight_hh and no bias_hh. min_gru, gates z n: h = (1 - z) h + z n, n = W x + b without
 *       tanh; min_lstm, gates i f g: h = (f h + i g) / (f + i), g likewise.
 *   activation X kind=KIND [alpha=A] [beta=B]               element by element; PyTorch's definitions
 *       KIND: tanh, relu, sigmoid, gelu (exact, by erf), gelu_tanh (PyTorch's approximate='tanh'), softplus, elu [alpha=1],
 *       leaky_relu [alpha=0.01], hard_sigmoid [alpha=1/6] [beta=0.5] (max(0, min(1, alpha x + beta)); ONNX's alpha is 0.2), softsign,
 *       affine [alpha=1] [beta=0] (alpha x + beta), scaled_tanh [alpha=1] [beta=1] (alpha tanh(beta x)), thresholded_relu [alpha=1] (x above
 *       alpha, else 0)
 *   dropout X p=P [per=element|sequence]                    inverted; per=sequence: one mask for all steps of a sequence
 *   layer_norm X [eps=1e-5] [affine=true]                   over the columns; weight [C], bias [C]
 *   softmax X, log_softmax X                                over the columns of each row
 * Element by element
 *   sqrt X, exp X, log X, abs X, neg X, erf X, square X     outside of a domain NaN or infinite, as IEEE 754 has it
 *   clip X [min=A] [max=B]                                  one of them or both, A <= B
 *   add, sub, mul, div, pow, maximum, minimum, OP one of them:
 *   OP X Y             X op Y, of the same rows and columns; or one of them has one column, which goes with each column of the other
 *   OP X value=V [reverse=false]                            X op V; with reverse=true V op X: sub X value=1 reverse=true is 1 - X
 *   OP X parameter=true [reverse=false]                     X op w, w the parameter weight [C] for every row; it starts at 1 for mul, div
 *       and pow, at 0 for the others, or by init=
 *   add X Y...         also the sum of one, three or more of the same columns
 *       Where there is no slope, gradients are PyTorch's: 0 for relu and abs at 0, 1 at the bounds of clip, half to each of two equals in
 *       maximum and minimum; sqrt's is infinite at 0.
 * Rows and columns
 *   concat X Y...     columns side by side                                      reverse X    each sequence from its end
 *   slice X first=F count=N [stride=1]                      the columns F, F + stride, ... [N]; a negative stride reads backwards
 *   split X sizes=A,B,...                                   the first A columns, then the ports part1 [B], part2, ...; all of X's columns
 *   permute X order=I,J,...                                 the columns in another order: column 0 is X's column I. With n numbers and C
 *       columns, n a divisor of C, blocks of C / n columns are moved so
 *   permute X transpose=P                                   the row as [P, C/P], transposed, is [C/P, P]: channels and positions
 *   gather X INDEX    rows of X by ids: row numbers (of a value per step: of its packed rows)
 *   pool X kind=last|mean|max                               step -> sequence
 *   pool X kind=last|mean|max window=K [stride=K] [pad=0]   one row for each window of K steps. Padding does not count
 *   pool X kind=... window=K channels=C [stride=K] [pad=0]  inside a row, whose columns are [C, positions] -> [C, windows]
 *   frames X size=K [stride=K] [pad=0]                      K rows side by side, the oldest first: [R', K*C]
 *   upsample X factor=F                                     each row F times
 *   conv1d X filters=F kernel=K [stride=1] [dilation=1] [groups=1] [pad=0] [pad_mode=zero|reflect] [bias=true] [channels=C]
 *       convolution (as PyTorch has it: cross-correlation) along the steps, whose channels are the columns of X: [R', F]; or, with
 *       channels=C, inside each row, whose columns are [C, positions] -> [F, windows]. weight [F, C/groups * K] is PyTorch's [F, C/groups, K],
 *       bias [F]. pad=P pads both sides with P zeros or reflected rows, pad=P,Q the beginning and the end; less than a window is long.
 *       Windows: (length + P + Q - (K-1)*dilation - 1) / stride + 1, at least one for a whole sequence.
 *   attention X KEYS [score=dot|scaled_dot|general|additive] [size=A] [weights=P]
 *       for every row of X [rows, Q], per step or per sequence, the mean of KEYS [R, H] over the steps of a sequence, weighted by the
 *       softmax of a score: sequence s of X's axis attends to sequence s of KEYS' axis, which may be another one with other lengths.
 *       dot q.k, scaled_dot q.k / sqrt(H) (both Q = H), general q . (weight k), additive v . tanh(weight_q q + weight_k k). Output
 *       [rows, H]. weights=P: port weights [rows, P], 0 past the last key; no sequence of KEYS may have more than P steps.
 *       Parameters: weight [Q,H]; or weight_q [A,Q], weight_k [A,H], v [A], A = H unless size says otherwise. All start like linear's.
 *   attention_decoder X KEYS cell=CELL size=H [score=additive] [attention_size=A] [weights=P] [bias=true] [h0=NODE] [c0=NODE]
 *                     [forget_bias=B] [proj=P] [settings of the cell]
 *       a recurrent layer that attends to KEYS [Rk, K] before each step, with the previous h as the query; its input is x_t beside the
 *       context. X real or one-hot, per step; sequence s attends to sequence s. Output [R, H]; ports h_n, c_n as recurrent's, context
 *       [R, K], weights [R, P]. Parameters: recurrent's, weight_ch_l0 [G*H, K] for the context, and attention's (A = K by default).
 * Losses, [1,1]; backward starts there, several add up
 *   cross_entropy LOGITS TARGETS [ignore=-100] [label_smoothing=0] [class_weights=w1,...,wV] [reduction=mean|sum|none]
 *       as PyTorch defines it: mean is over the (weighted) targets that are not ignored, and 0 if there are none. Port rows: each
 *       row's loss [rows,1]; with reduction=none that is the output, and backward needs a seed.
 *   ctc LOGITS TARGETS [blank=0] [zero_infinity=false] [reduction=mean|sum|none]
 *       connectionist temporal classification: LOGITS per step of one axis, TARGETS ids per step of another, as many sequences. A target
 *       id that is the blank stands for nothing. mean: each sequence's loss by its labels (at least 1), then over the sequences, which
 *       it counts as targets. A target needs as many frames as labels and one more between equal neighbours; too few are an error, or
 *       count 0 with zero_infinity=true. Port rows: each sequence's loss [N,1].
 *   crf SCORES TAGS [reduction=mean|sum]
 *       linear-chain conditional random field: SCORES [R,K] and TAGS ids per step of one axis. Parameters transitions [K,K], from the
 *       row's tag to the column's, start [K] and end [K]. The negative log likelihood of the tags, for mean divided by the steps.
 *       Port rows: each sequence's [N,1].
 *   activation_regularization H [alpha=2] [beta=1]
 *       alpha mean(h^2) + beta mean((h[t] - h[t-1])^2), H real per step, in training sessions; 0 in others. Counts no targets.
 *   Of X and real TARGETS, both [rows, C], element by element; mean: divided by rows * C. The targets get a gradient, too.
 *   mse X TARGETS [reduction=mean|sum]                      d^2 with d = x - target
 *   l1 X TARGETS [reduction=mean|sum]                       |d|
 *   smooth_l1 X TARGETS [beta=1] [reduction=mean|sum]       d^2 / (2 beta) where |d| < beta, |d| - beta / 2 elsewhere
 *   huber X TARGETS [delta=1] [reduction=mean|sum]          d^2 / 2 where |d| <= delta, delta (|d| - delta / 2) elsewhere
 *   quantile X TARGETS levels=q1,...,qL [reduction=mean|sum]
 *       X [rows, L*C]: column l*C + c is the level q_l, between 0 and 1, of the target's column c; max(q (t - x), (q - 1) (t - x)), the
 *       pinball loss; mean is over rows * L*C. The gradient is 0 where x = t.
 *   binary_cross_entropy LOGITS TARGETS [pos_weight=w1,...,wC] [reduction=mean|sum]
 *       -w t log p - (1 - t) log(1 - p) with p = sigmoid(logit): several labels at once. Targets 0 to 1, others are an error; one weight
 *       for each column, or one for all.
 *   gaussian_nll MEAN TARGETS VARIANCE [full=false] [eps=1e-6] [reduction=mean|sum]
 *       (log u + d^2 / u) / 2 with u = max(variance, eps), and log(2 pi) / 2 more if full. VARIANCE [rows, C]; below 0 is an error.
 *   poisson_nll X TARGETS [log_input=true] [full=false] [eps=1e-8] [reduction=mean|sum]
 *       exp(x) - t x, or with log_input=false x - t log(x + eps); if full, plus t log t - t + log(2 pi t) / 2 where t > 1.
 *
 * Any node: [trainable=true]. Nodes with parameters: [init=uniform|xavier|orthogonal|normal|zero] [init_scale=A]; the default is
 * PyTorch's: uniform +-1/sqrt(H) in recurrent, +-1/sqrt(C) in linear, +-1/sqrt(K) in crf, N(0,1) in embedding.
 */

/* The number type of parameters and activations. The library is float; its tests also build it in double. */
#ifdef TG_DOUBLE
typedef double tg_real;
#else
typedef float tg_real;
#endif

typedef struct tg_model tg_model;         /* a graph and its parameters, or the frozen form of both */
typedef struct tg_session tg_session;     /* activations, gradients and recurrent state of one use of a model */
typedef struct tg_streams tg_streams;     /* the states of many streams of one frozen model, which step together */
typedef struct tg_optimizer tg_optimizer; /* the slots and the step count of an optimizer */

typedef enum tg_status {
  TG_OK = 0,
  TG_INVALID_ARGUMENT = 1, /* an argument is out of range, null or of the wrong size */
  TG_INVALID_SPEC = 2,     /* the spec or an optimizer's text is not understood; the text names line and node */
  TG_INVALID_STATE = 3,    /* the call comes too early: for example backward before forward */
  TG_OUT_OF_MEMORY = 4,    /* an allocation failed, or a size overflows */
  TG_UNSUPPORTED = 5,      /* this processor lacks the instruction set that TIDEGATE_ISA asks for */
  TG_INTERNAL = 6          /* a defect of the library */
} tg_status;

/* ---- The library ---------------------------------------------------------------------------------------------------------- */

/* The version, "major.minor.patch". */
TG_API const char* tg_version(void);

/* The text of the calling thread's last failed call, "" if there was none. Valid until that thread's next failing call. */
TG_API const char* tg_last_error(void);

/* The instruction set in use, the best that the processor has: "avx512_bf16", "avx512_vnni", "avx512", "avx2_vnni", "avx2" or
 * "generic". The environment variable TIDEGATE_ISA forces one; TG_UNSUPPORTED if the processor lacks it or it is unknown
 * (tg_model_create then fails the same way). */
TG_API tg_status tg_isa(const char** name);

/* Where packed rows lie. lengths [N], each at least 1 -> rank [N], the position of each sequence in the order of decreasing length;
 * offset [T+1] with T the greatest length, offset[T] = R. Either output may be null. count: the elements that offset has room for; fewer
 * than T+1 are refused, and then nothing is written. */
TG_API tg_status tg_pack_rows(const int32_t* lengths, int32_t sequences, int32_t* rank, int64_t* offset, int64_t count);

/* The bytes that all models, sessions and optimizers of this process take, and the limit that they may not pass: a call that would is
 * TG_OUT_OF_MEMORY. Until it is set the limit is tg_memory_available(): the machine's memory, or less where a control group (Linux, version 1
 * or 2) allows the process less. */
TG_API int64_t tg_memory_used(void);
TG_API int64_t tg_memory_limit(void);
TG_API int64_t tg_memory_available(void);
TG_API tg_status tg_set_memory_limit(int64_t bytes);

/* ---- The model ------------------------------------------------------------------------------------------------------------ */

/* Builds a model from a spec and draws its parameters from the seed. spec: UTF-8, length bytes (need not end in 0).
 * The caller owns *model. Fails with TG_INVALID_SPEC naming the line and node, or TG_OUT_OF_MEMORY. */
TG_API tg_status tg_model_create(const char* spec, size_t length, uint64_t seed, tg_model** model);

/* The graph of a spec, to be compared with a file before memory is taken: values, axes and the shapes of the parameters can be asked for,
 * whose data are null. most_parameters: more than so many are TG_INVALID_SPEC. Otherwise as tg_model_create. */
TG_API tg_status tg_model_declare(const char* spec, size_t length, int64_t most_parameters, tg_model** model);

/* Takes memory for the parameters of a declared model. They are undefined until the caller has written each. Until then sessions,
 * optimizers and frozen models of it are TG_INVALID_STATE. */
TG_API tg_status tg_model_allocate(tg_model* model);

/* Destroys a model; null is ignored. Its sessions and optimizers must be destroyed before. */
TG_API void tg_model_destroy(tg_model* model);

/* The number format of a frozen model's weights: the matrices that rows are multiplied by and the tables whose rows are looked up
 * (embedding, one_hot). A weight that tied_linear shares is kept once. Vectors, such as biases, the transitions of crf, sums, states and
 * activations are float in all of them. */
typedef enum tg_precision {
  TG_FLOAT32 = 0,
  TG_BFLOAT16 = 1, /* half the memory */
  TG_INT8 = 2      /* a quarter: a scale for each column of a weight and row of a table, and a dynamic one for each row of activations */
} tg_precision;

/* Freezes a model for inference: its parameters as they are now, packed for multiplication. *frozen is a tg_model that the
 * caller owns; it is immutable, does not need the model it was made from (which may be trained on or destroyed), and any number of
 * threads may use it, each through sessions of its own. Only TG_INFER sessions run it. In each precision a sequence's answer has the
 * same bits alone, in any batch, with any neighbours, step by step, and for any number of threads, as long as the instruction set is
 * the same. Its parameters cannot be seen, trained or frozen again: TG_INVALID_STATE. */
TG_API tg_status tg_model_freeze(const tg_model* model, tg_precision precision, tg_model** frozen);

/* 1 for what tg_model_freeze made, else 0. */
TG_API int32_t tg_model_frozen(const tg_model* model);

/* Bytes of native memory that the parameters take, or the packed weights of a frozen model. */
TG_API int64_t tg_model_bytes(const tg_model* model);

/* A hash of the spec and of all parameters as they are now. A frozen model, whatever its precision, has the one that its source had
 * then. Reads all parameters of a model that is not frozen. */
TG_API uint64_t tg_model_fingerprint(const tg_model* model);

/* The spec in its canonical form: one line a node, defaults left out. Owned by the model, ends in 0. */
TG_API const char* tg_model_spec(const tg_model* model);

/* A named array. dims beyond rank are 1. A view: it belongs to the model, session or optimizer that handed it out. */
typedef struct tg_tensor {
  const char* name;  /* "h.weight_ih_l0": the node and PyTorch's name */
  int32_t rank;      /* 1 or 2 */
  int64_t dims[2];
  int32_t trainable; /* 0 where the node says trainable=false */
  tg_real* data;     /* [dims[0], dims[1]]; null where the function says so */
} tg_tensor;

/* The number of parameter tensors. */
TG_API int32_t tg_model_parameters(const tg_model* model);

/* Parameter tensor number index, in the order of the spec. data may be read and written while no call runs. */
TG_API tg_status tg_model_parameter(const tg_model* model, int32_t index, tg_tensor* parameter);

/* What a value of the graph carries. */
typedef enum tg_kind { TG_REAL = 0, TG_IDS = 1, TG_ONE_HOT = 2 } tg_kind;

/* How many rows it has: R of its axis (packed), N of its axis, or one. */
typedef enum tg_per { TG_PER_STEP = 0, TG_PER_SEQUENCE = 1, TG_PER_BATCH = 2 } tg_per;

typedef struct tg_value {
  const char* name; /* "h", or with a port "h.h_n" */
  tg_kind kind;
  tg_per per;
  int32_t axis;     /* number of the axis, -1 for TG_PER_BATCH */
  int64_t cols;     /* columns; for TG_IDS 1, for TG_ONE_HOT the width */
  int32_t input;    /* 1 if the caller feeds it */
  int32_t loss;     /* 1 if its node is a loss: backward starts there */
} tg_value;

/* The number of values: every node's output, and the further outputs of nodes that have ports (h.h_n, h.c_n). */
TG_API int32_t tg_model_values(const tg_model* model);

/* Value number index, in the order of the spec. */
TG_API tg_status tg_model_value(const tg_model* model, int32_t index, tg_value* value);

/* The number of the value of that name. */
TG_API tg_status tg_model_find(const tg_model* model, const char* name, int32_t* index);

/* The number of axes, and an axis's name ("" if there is no such axis). Axes are numbered as the spec first names them. */
TG_API int32_t tg_model_axes(const tg_model* model);
TG_API const char* tg_model_axis(const tg_model* model, int32_t axis);

/* Where an axis's lengths come from. Of a derived axis a sequence that has L rows on the axis `source` has
 * max(0, L * times + add) / stride rows, rounded down. */
typedef struct tg_axis {
  const char* name;
  int32_t source;  /* the number of an axis, or -1: the caller gives the lengths */
  int64_t times;   /* 1, or the factor of upsample */
  int64_t add;     /* of windows: padding - span + stride; the span is (K-1)*dilation + 1 */
  int64_t stride;
} tg_axis;

/* Axis number index. */
TG_API tg_status tg_model_axis_info(const tg_model* model, int32_t index, tg_axis* axis);

/* ---- The session ---------------------------------------------------------------------------------------------------------- */

/* TG_INFER: forward only, dropout off, nothing saved for a backward pass. TG_TRAIN: forward and backward. */
typedef enum tg_mode { TG_INFER = 0, TG_TRAIN = 1 } tg_mode;

/* Makes a session over a model, which must outlive it. seed drives dropout. The caller owns *session. */
TG_API tg_status tg_session_create(tg_model* model, tg_mode mode, uint64_t seed, tg_session** session);

/* A TG_INFER session that keeps only these values after a call, by their numbers: what tg_session_output and the output of tg_session_step
 * may ask for, and what a later call may go on from. Of a stream it holds little beside the recurrent state: what a call needs besides
 * is lent to it by the model, where it stays for the calls of other sessions (the largest so far for each call at once). */
TG_API tg_status tg_session_create_keeping(tg_model* model, const int32_t* values, int32_t count, tg_session** session);

/* Destroys a session; null is ignored. */
TG_API void tg_session_destroy(tg_session* session);

/* How many threads a call of this session may use, 1 when created. They change no bit of its results, nor of a training. A call uses fewer
 * where the process has fewer cores, by affinity or by the quota of its control groups, and where other processes keep the cores busy. */
TG_API tg_status tg_session_threads(tg_session* session, int32_t threads);

/* The sequences of one axis, which is not derived. */
typedef struct tg_axis_lengths {
  int32_t axis;           /* its number in the model */
  int32_t sequences;      /* N, at least 1 */
  const int32_t* lengths; /* [N], each at least 1, in the caller's order */
} tg_axis_lengths;

/* The data of one input, borrowed during the call only. */
typedef struct tg_feed {
  int32_t value;    /* the number of an input value */
  const void* data; /* TG_IDS and TG_ONE_HOT: int32_t [rows]; TG_REAL: tg_real [rows, cols] */
  int64_t count;    /* elements at data; must be rows * cols */
} tg_feed;

/* What one call works on. */
typedef struct tg_batch {
  const tg_axis_lengths* axes;
  int32_t axes_count;
  const tg_feed* feeds;
  int32_t feeds_count;
} tg_batch;

/* What came out of a call. */
typedef struct tg_metrics {
  double loss;          /* the sum of the graph's losses; 0 if none was evaluated */
  int64_t targets;      /* targets counted (not ignored) by the losses */
  double gradient_norm; /* global norm of the gradients before clipping, of the step's kind; 0 where none were computed */
} tg_metrics;

/* Evaluates the nodes downstream of the inputs given whose inputs are all known; the others keep their values, so that a decoder
 * may step many times over one encoded source. Giving an axis's lengths discards every value on that axis first. metrics may be
 * null. In a TG_TRAIN session dropout is on and the pass is saved for tg_session_backward. */
TG_API tg_status tg_session_forward(tg_session* session, const tg_batch* batch, tg_metrics* metrics);

/* Forward for one step of each sequence, carrying the state on whatever tg_session_carry says: what a stream calls for every row that
 * arrives. Each input has N rows, N = 1 for one stream; the axes of the inputs given become N sequences of length 1. Values per
 * sequence on these axes that were fed before (an initial state, a context) stay known as long as N does, so they need be fed only once.
 * Value number `value` is copied to output [rows, cols], count elements, unless output is null; tg_session_output shows any. A value on a
 * derived axis has the rows that the step completed, N or fewer or none, and count is the room that there is: rows and their sequences are what
 * tg_session_output and tg_session_lengths say. A step
 * equals tg_session_forward with carry on, bit for bit; it is quick where the inputs are those of the session's last call, a step as
 * well, and allocates nothing then. A layer that reads from right to left sees no more than the step. Not in a TG_TRAIN session:
 * TG_INVALID_STATE. */
TG_API tg_status tg_session_step(tg_session* session, const tg_feed* feeds, int32_t feeds_count, int32_t value, tg_real* output,
                                 int64_t count);

/* Other sequences for an axis, chosen among those that it has: then it has `count` of them, and sequence i is what sequence chosen[i] was.
 * chosen [count], each 0 to N-1; one may be chosen several times or not at all. What a beam search needs: the source is encoded once,
 * its sequences are repeated for the beams, and each step's sequences are then the parents of the next.
 *
 * Selected are the state that nodes on the axis carry and every value on it, fed or evaluated, with the lengths; packed rows move to
 * where their order by length is now. So nothing is fed or evaluated again, and a frozen model then gives the bits that it gives a batch
 * which had these sequences from the start. Values on other axes stay as they are, also those that were computed from this axis: as
 * sequence s of an axis goes with sequence s of another, select both alike, or one where the other's would be equal (parents of the same
 * source).
 *
 * Unknown afterwards, until they are fed or evaluated again: values of the whole batch (losses) that a node computes from the axis; if
 * the axis got its length from tg_session_step, its values per step, which the next step discards anyhow (read them before); row
 * numbers by which a gather reads the axis; and what was computed from these.
 *
 * An axis without lengths has the sequences of the carried state. TG_INVALID_STATE where there are neither, where the lengths and the
 * state are of different numbers of sequences, and in a TG_TRAIN session; TG_INVALID_ARGUMENT for an axis or a sequence that does not
 * exist, or count < 1. A call that fails changes nothing. Calls of the same sizes allocate nothing; the session holds a second block for
 * each value that was ever selected. Views of selected values may show other numbers afterwards, as after a forward call. */
TG_API tg_status tg_session_select(tg_session* session, int32_t axis, const int32_t* chosen, int32_t count);

/* Forgets all lengths, values, gradients and the carried state, so that nothing of an earlier use can be seen or go on: a session that is
 * lent to one user after another. Its memory, and what tg_session_threads, tg_session_carry and tg_session_set_random set, stay. */
TG_API tg_status tg_session_clear(tg_session* session);

/* The gradient of an output, given from outside. Borrowed during the call, and no view of this session's own gradients. */
typedef struct tg_seed {
  int32_t value;       /* the number of a real value that the last forward call evaluated */
  const tg_real* data; /* [rows, cols], added to what the graph's losses contribute */
  int64_t count;
} tg_seed;

/* Backward through the last forward call: d(sum of losses) plus the seeds. Parameter gradients are ADDED to what is there
 * (tg_session_zero_gradients clears them); a call that runs out of memory clears them too, as they would be half added.
 * TG_INVALID_STATE without a forward call in a TG_TRAIN session before it. */
TG_API tg_status tg_session_backward(tg_session* session, const tg_seed* seeds, int32_t seeds_count);

/* The norm of all gradients together. */
typedef enum tg_norm {
  TG_NORM_L2 = 0, /* Euclidean */
  TG_NORM_L1 = 1, /* the sum of the magnitudes */
  TG_NORM_MAX = 2 /* the greatest magnitude */
} tg_norm;

/* How one optimizer step is made. */
typedef struct tg_step {
  double learning_rate; /* > 0, or 0 for no change */
  double clip_norm;     /* scale all gradients by min(1, clip_norm / (norm + 1e-6)); 0: off */
  double clip_value;    /* then limit every gradient to +-this; 0: off */
  tg_norm norm;         /* which norm clip_norm limits and the metrics report */
} tg_step;

/* Clips the session's gradients, steps the optimizer over the model's trainable parameters, clears the gradients.
 * metrics (may be null) receives the gradient norm. If the norm is not finite nothing is changed, and the norm says so. */
TG_API tg_status tg_session_update(tg_session* session, tg_optimizer* optimizer, const tg_step* step, tg_metrics* metrics);

/* Forward, backward and update in one call. If the loss or the norm is not finite the parameters stay as they were; if it is the
 * loss, so does the carried state. */
TG_API tg_status tg_session_train(tg_session* session, const tg_batch* batch, tg_optimizer* optimizer, const tg_step* step,
                                  tg_metrics* metrics);

/* Clears the parameter gradients. */
TG_API tg_status tg_session_zero_gradients(tg_session* session);

/* The lengths of an axis's sequences in the last call, in the caller's order: of a derived axis in a stream the rows that the call completed,
 * which may be 0. *sequences receives N, 0 if the axis never had lengths. lengths [room] receives them, unless it is null. */
TG_API tg_status tg_session_lengths(const tg_session* session, int32_t axis, int32_t* lengths, int32_t room, int32_t* sequences);

/* A view of a real value after forward: [rows, cols]; 0 rows where a stream completed no window. The next forward call may write it, or
 * show the value elsewhere; the memory stays readable until the session is destroyed. */
TG_API tg_status tg_session_output(const tg_session* session, int32_t value, tg_tensor* output);

/* A view of a value's gradient after backward: [rows, cols]. TG_INVALID_STATE if none was computed since the last forward call; an input has
 * one only if its node says gradient=true. */
TG_API tg_status tg_session_output_gradient(const tg_session* session, int32_t value, tg_tensor* gradient);

/* A view of a parameter's gradient, which may be read and written. data is null for a parameter that is not trainable. */
TG_API tg_status tg_session_parameter_gradient(const tg_session* session, int32_t index, tg_tensor* gradient);

/* A view of the gradients of all parameters in one piece, [dims[0]], for an all-reduce between processes: it may be read and written
 * between tg_session_backward and tg_session_update. The place of a parameter's gradient in it is where tg_session_parameter_gradient
 * shows it; the order is that of the parameters, each from a multiple of 64 bytes on. What is between them, and in the place of a parameter
 * that is not trainable, is 0 and must stay 0: sums and multiples keep it so. Sessions of models of one spec have the same layout. The view
 * lives as long as the session.
 *
 * The gradient of a mean is that of the targets of this process alone. To train as on the joined batch, multiply the gradients by
 * metrics.targets before they are summed, and divide the sum by the sum of the targets; with reduction=sum neither is needed. */
TG_API tg_status tg_session_gradients(const tg_session* session, tg_tensor* gradients);

/* carry != 0: a forward call starts from the state in which the last one ended (streams, truncated BPTT; the gradient stops there).
 * It needs the same N. carry = 0, the default: from the node's h0/c0 inputs, or zero. */
TG_API tg_status tg_session_carry(tg_session* session, int32_t carry);

/* Forgets the carried state: the next forward call starts from the h0/c0 inputs, or zero. */
TG_API tg_status tg_session_reset(tg_session* session);

/* The carried state as numbers: for each recurrent node in the order of the spec h [N, layers*directions*H], for LSTM then c.
 * *count is its size, 0 after a reset and until every recurrent node has been evaluated. */
TG_API tg_status tg_session_state_count(const tg_session* session, int64_t* count);

/* Copies the carried state out. count must be what tg_session_state_count says. */
TG_API tg_status tg_session_get_state(const tg_session* session, tg_real* state, int64_t count);

/* Puts a state of N sequences, the same for every recurrent node, back. count must be N times the state's width in this model. */
TG_API tg_status tg_session_set_state(tg_session* session, const tg_real* state, int64_t count, int32_t sequences);

/* The carried state as bytes that may be kept, sent, and put back into any session of the same model, in another process too. They hold
 * the fingerprints of the graph and, over a frozen model, of its parameters; the byte order is little-endian. A session that carries
 * nothing has bytes as well, which reset.
 *
 * *bytes is their number for the state as it is. */
TG_API tg_status tg_session_state_bytes(const tg_session* session, int64_t* bytes);

/* Copies them out. size must be what tg_session_state_bytes says. */
TG_API tg_status tg_session_save_state(const tg_session* session, void* bytes, int64_t size);

/* Puts a state back. TG_INVALID_ARGUMENT for bytes that are cut, are of another graph, or were saved over a frozen model and this session's
 * is a frozen one with other parameters; the text says which, and the session keeps its state. */
TG_API tg_status tg_session_load_state(tg_session* session, const void* bytes, int64_t size);

/* The position of the session's random numbers, which every forward call of a TG_TRAIN session moves by one. */
TG_API uint64_t tg_session_random(const tg_session* session);
TG_API tg_status tg_session_set_random(tg_session* session, uint64_t position);

/* After a call that was TG_OUT_OF_MEMORY: 1 where it may be made again, once memory was freed, as if it had not been made; 0 where it lost what
 * earlier calls had computed or accumulated. */
TG_API int32_t tg_session_repeatable(const tg_session* session);

/* Bytes of native memory that the session holds. Steady work does not change it. */
TG_API int64_t tg_session_bytes(const tg_session* session);

/* ---- Many streams --------------------------------------------------------------------------------------------------------- */

/* Streams of one frozen model, at most `capacity` open at once, and steps of any of them together: what a server calls for those clients
 * that have something to say. Between its steps a stream is its carried state and some 40 bytes. Each stream's outputs have the bits that they
 * have in a session of its own, whoever steps with it.
 *
 * value: what a step shows, real and per step or sequence. Its inputs must lie on one axis, and nothing that it follows from may depend on
 * other streams or get its first state from an input (h0, c0): TG_INVALID_ARGUMENT says what does. The model must outlive the streams and
 * be frozen, else TG_INVALID_STATE. The caller owns *streams.
 *
 * Threads. All calls but tg_streams_destroy may come from any thread. One step runs at a time, another meanwhile is TG_INVALID_STATE.
 * Opening and closing wait for no step. */
TG_API tg_status tg_streams_create(tg_model* model, int32_t value, int32_t capacity, tg_streams** streams);

/* Destroys them all; null is ignored. No other call may be running. */
TG_API void tg_streams_destroy(tg_streams* streams);

/* How many threads a step may use, 1 when created. */
TG_API tg_status tg_streams_threads(tg_streams* streams, int32_t threads);

/* Opens a stream at its beginning. *stream: its number, 1 or more, which no other stream of the process ever has. TG_INVALID_STATE where
 * all are open. */
TG_API tg_status tg_streams_open(tg_streams* streams, int64_t* stream);

/* Opens one that goes on from a state of one sequence: the bytes of tg_streams_save_state or of tg_session_save_state. It is refused as
 * tg_session_load_state refuses it. */
TG_API tg_status tg_streams_open_state(tg_streams* streams, const void* bytes, int64_t size, int64_t* stream);

/* Closes a stream. One that a step of another thread is at work on is closed as well; that step shows its output. TG_INVALID_ARGUMENT for a
 * number that is none of an open stream of these. */
TG_API tg_status tg_streams_close(tg_streams* streams, int64_t stream);

/* One step of the streams named, numbers [count], in any order and each once. feeds: every input that the value follows from, with a row
 * for each stream in that order. The value's rows are copied to output, which has room for `room` elements: a row for each stream. Where
 * the value is on a derived axis they are those that the step completed, stream after stream; rows [count], unless null, receives how many
 * each has, and there may be more room. All is checked before anything runs; after a step that failed the streams are as they were. Streams that
 * step together again, in the same order, are not even copied. Steps of no more streams than before allocate nothing. */
TG_API tg_status tg_streams_step(tg_streams* streams, const int64_t* numbers, int32_t count, const tg_feed* feeds, int32_t feeds_count,
                                 tg_real* output, int64_t room, int32_t* rows);

/* The state of a stream as bytes, as tg_session_state_bytes and tg_session_save_state. TG_INVALID_STATE while a step is at work on it. */
TG_API tg_status tg_streams_state_bytes(tg_streams* streams, int64_t stream, int64_t* bytes);
TG_API tg_status tg_streams_save_state(tg_streams* streams, int64_t stream, void* bytes, int64_t size);

/* How many are open, and the bytes of native memory that they take all together (TG_INVALID_STATE during a step). */
TG_API tg_status tg_streams_count(tg_streams* streams, int32_t* count);
TG_API tg_status tg_streams_bytes(tg_streams* streams, int64_t* bytes);

/* ---- The optimizer -------------------------------------------------------------------------------------------------------- */

/* Makes an optimizer for a model from its text: "sgd", "sgd momentum=0.9 nesterov=true", "adam beta1=0.9 beta2=0.999 eps=1e-8",
 * "adamw weight_decay=0.01", "rmsprop", "adagrad", "adadelta". Defaults are PyTorch's. The model must outlive it; the caller owns
 * *optimizer. */
TG_API tg_status tg_optimizer_create(const tg_model* model, const char* text, tg_optimizer** optimizer);

/* Destroys an optimizer; null is ignored. */
TG_API void tg_optimizer_destroy(tg_optimizer* optimizer);

/* The number of slots that it keeps for each parameter (adam: exp_avg, exp_avg_sq). */
TG_API int32_t tg_optimizer_slots(const tg_optimizer* optimizer);

/* The slot of a parameter: a view shaped like the parameter, named "exp_avg.h.weight_ih_l0". May be read and written. */
TG_API tg_status tg_optimizer_slot(const tg_optimizer* optimizer, int32_t slot, int32_t parameter, tg_tensor* tensor);

/* How many steps it has made; set it when a training resumes. */
TG_API int64_t tg_optimizer_step(const tg_optimizer* optimizer);
TG_API tg_status tg_optimizer_set_step(tg_optimizer* optimizer, int64_t step);

#ifdef __cplusplus
}
#endif

#endif
