namespace QatPipeline.Coco.Evaluation;

/// <summary>The twelve COCO figures, in 0…1; −1 where there is no ground truth to measure against.</summary>
public sealed record CocoMetrics(
    double Ap, double Ap50, double Ap75, double ApSmall, double ApMedium, double ApLarge,
    double Ar1, double Ar10, double Ar100, double ArSmall, double ArMedium, double ArLarge);

/// <summary>AP@[.5:.95] and AP@.5 of one category over all areas, at most 100 detections per image.</summary>
public sealed record CategoryMetrics(long Id, string Name, double Ap, double Ap50);
