namespace QatPipeline.Graphs.Targets.TorchInt8;

/// <summary>A quantized tensor of the script: LibTorch keeps scale and zero point with the codes.</summary>
/// <param name="Variable">Holds it.</param>
/// <param name="Scale">The real size of one code.</param>
/// <param name="ZeroPoint">The unsigned code of 0.0.</param>
internal readonly record struct CodeTensor(string Variable, float Scale, int ZeroPoint)
{
    /// <summary>The last arguments of operators that compute codes.</summary>
    public string Parameters => ParametersOf(Scale, ZeroPoint);

    public static string ParametersOf(float scale, int zeroPoint) => $"{ScriptModule.Number(scale)}, {zeroPoint}";
}
