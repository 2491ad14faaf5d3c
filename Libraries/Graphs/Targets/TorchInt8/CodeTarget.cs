namespace QatPipeline.Graphs.Targets.TorchInt8;

/// <summary>What an operator on codes gives.</summary>
/// <param name="Scale">The real size of one code.</param>
/// <param name="ZeroPoint">The unsigned code of 0.0.</param>
/// <param name="HasRelu">Whether codes below the zero point are cut off.</param>
internal readonly record struct CodeTarget(float Scale, int ZeroPoint, bool HasRelu)
{
    /// <summary>The last arguments of operators that compute codes.</summary>
    public string Parameters => CodeTensor.ParametersOf(Scale, ZeroPoint);

    /// <summary>The suffix of the operators that do a Relu on the way.</summary>
    public string Relu => HasRelu ? "_relu" : "";
}
