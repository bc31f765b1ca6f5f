/* Actions that run after an object has become unreachable, as of java.lang.ref.Cleaner, whose thread must not keep our class loader.
 *
 * A Cleaner's thread outlives the loader whose classes registered with it, and holds on to every action: to the action's class, its loader,
 * and through the statics of that loader's classes perhaps to the very object whose end it waits for. So what the thread gets here consists
 * of the JDK's own classes, and of our action it has a weak reference. The action itself is held by a static field of ours: as long as our
 * classes are in use, and no longer. For the loader of the program itself, which stays, none of this is needed, and a program that starts
 * is spared its method handles. */
package org.tidegate.internal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A cleaner whose class loader can be unloaded. */
final class Cleaning {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final Set<Action> WAITING = ConcurrentHashMap.newKeySet();
    /** Whether our loader is that of the program itself, which nobody drops: then the thread may have what it runs. */
    private static final boolean FOR_EVER = Cleaning.class.getClassLoader() == ClassLoader.getSystemClassLoader();

    private Cleaning() {
    }

    /** Runs an action once: when it is told to, or after the object has become unreachable. The action must not refer to the object. */
    static Cleaner.Cleanable register(Object object, Runnable action) {
        Action waiting = new Action(action);
        WAITING.add(waiting);
        waiting.cleanable = CLEANER.register(object, FOR_EVER ? waiting : Weakly.action(waiting));
        return waiting;
    }

    /** What the thread gets where our loader may be dropped. */
    private static final class Weakly {
        private static final MethodHandle RUN = runWeakly();

        static Runnable action(Runnable action) {
            MethodHandle run = RUN.bindTo(new WeakReference<>(action));
            Thread current = Thread.currentThread();
            ClassLoader context = current.getContextClassLoader();
            if (context == ClassLoader.getPlatformClassLoader()) {
                return MethodHandleProxies.asInterfaceInstance(Runnable.class, run);
            }
            current.setContextClassLoader(ClassLoader.getPlatformClassLoader()); // the proxy's class is defined there
            try {
                return MethodHandleProxies.asInterfaceInstance(Runnable.class, run);
            } finally {
                current.setContextClassLoader(context);
            }
        }

        /** (Reference r)void: runs r.get() if there is one. */
        private static MethodHandle runWeakly() {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            try {
                MethodHandle get = lookup.findVirtual(Reference.class, "get", MethodType.methodType(Object.class))
                    .asType(MethodType.methodType(Runnable.class, Reference.class));
                MethodHandle run = lookup.findVirtual(Runnable.class, "run", MethodType.methodType(void.class));
                MethodHandle gone = lookup.findStatic(Objects.class, "isNull", MethodType.methodType(boolean.class, Object.class))
                    .asType(MethodType.methodType(boolean.class, Runnable.class));
                MethodHandle runIfThere = MethodHandles.guardWithTest(gone, MethodHandles.empty(run.type()), run);
                return MethodHandles.filterArguments(runIfThere, 0, get);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e); // public methods of the JDK
            }
        }
    }

    /** What waits; in the set until it has run. */
    private static final class Action implements Runnable, Cleaner.Cleanable {
        private final Runnable action;
        private volatile Cleaner.Cleanable cleanable;

        Action(Runnable action) {
            this.action = action;
        }

        /** Called by the cleaner, which calls each of its actions once at most. */
        @Override
        public void run() {
            WAITING.remove(this);
            action.run();
        }

        @Override
        public void clean() {
            cleanable.clean();
        }
    }
}
