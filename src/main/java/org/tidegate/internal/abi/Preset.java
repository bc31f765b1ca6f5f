/* How JavaCPP reads tidegate.h and links the JNI library. */
package org.tidegate.internal.abi;

import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

// The # says that the core is static: linked, never looked for at run time.
@Properties(
    value = @Platform(include = "tidegate/tidegate.h", library = "jnitidegate", link = "tidegate#"),
    target = "org.tidegate.internal.abi",
    global = "org.tidegate.internal.abi.tidegate")
@NoException // no function of the ABI throws
public class Preset implements InfoMapper {
    @Override
    public void map(InfoMap infoMap) {
        infoMap.put(new Info("TG_API").cppTypes().annotations())
            .put(new Info("TG_DOUBLE", "TG_BUILDING").define(false))
            .put(new Info("tg_real").cast().valueTypes("float").pointerTypes("FloatPointer"))
            // An address as a number: a view of it is then made only when it has changed.
            .put(new Info("tg_tensor::data").javaText(
                "public native @MemberGetter @Cast(\"intptr_t\") @Name(\"data\") long address(); "));
    }
}
